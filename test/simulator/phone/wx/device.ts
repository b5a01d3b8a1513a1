/**
 * The phone itself, as `wx` tells of it: sizes, settings, language, theme, network, login, clipboard, random numbers.
 * What a browser cannot do here says so by failing, never by doing nothing.
 */
import type { Theme } from '../../compile/manifest.ts';
import type { Dialogs } from '../dialogs.ts';
import { NAVIGATION_BAR_HEIGHT, SAFE_BOTTOM, STATUS_BAR_HEIGHT, type Screen } from '../screen.ts';
import { MIDDLE_FONT, type Settings } from '../settings.ts';
import type { Listeners } from './call.ts';
import { number, text, type Run, type Work, type WxFunction, type WxPart } from './call.ts';

export interface Network {
  readonly changes: Listeners<{ isConnected: boolean; networkType: string }>;
  readonly isConnected: boolean;
}

export interface DeviceDeps {
  settings: Settings;
  themes: Listeners<{ theme: Theme }>;
  network: Network;
  screen: Screen;
  dialogs: Dialogs;
  run: Run;
}

export function createDeviceApi(deps: DeviceDeps, call: (name: string, work: Work) => WxFunction): WxPart {
  const { settings, network, screen, dialogs, run } = deps;
  const windowInfo = (): object => ({
    pixelRatio: devicePixelRatio,
    screenWidth: innerWidth,
    screenHeight: innerHeight,
    windowWidth: innerWidth,
    windowHeight: screen.height,
    screenTop: STATUS_BAR_HEIGHT + NAVIGATION_BAR_HEIGHT,
    statusBarHeight: STATUS_BAR_HEIGHT,
    safeArea: {
      left: 0,
      right: innerWidth,
      width: innerWidth,
      top: STATUS_BAR_HEIGHT,
      bottom: innerHeight - SAFE_BOTTOM,
      height: innerHeight - STATUS_BAR_HEIGHT - SAFE_BOTTOM,
    },
  });
  const deviceInfo = (): object => ({
    platform: 'devtools',
    brand: 'preview',
    model: settings.phone,
    system: 'browser',
    benchmarkLevel: 50,
  });
  const appInfo = (): object => ({
    SDKVersion: '3.8.0',
    version: '8.0.50',
    language: settings.language,
    theme: settings.theme,
    fontSizeSetting: settings.fontSize,
    fontSizeScaleFactor: settings.fontSize / MIDDLE_FONT,
    enableDebug: false,
    host: { env: 'WeChat' },
  });
  const everything = (): object => ({ ...windowInfo(), ...deviceInfo(), ...appInfo() });

  const works: Record<string, Work> = {
    login: () => ({ code: `preview-${settings.phone}-${Date.now()}` }),
    checkSession: () => undefined,
    getSystemInfo: everything,
    getSystemInfoAsync: everything,
    getNetworkType: () => ({ networkType: network.isConnected ? 'wifi' : 'none' }),
    setClipboardData: async (asked) => {
      await navigator.clipboard.writeText(text(asked, 'data'));
      dialogs.toast(dialogs.words.copied, 'success', 1500);
    },
    getClipboardData: async () => ({ data: await navigator.clipboard.readText() }),
    vibrateShort: () => void navigator.vibrate?.(15),
    vibrateLong: () => void navigator.vibrate?.(400),
    getRandomValues: (asked) => ({ randomValues: randomBytes(number(asked, 'length', 0)) }),
  };
  return {
    ...Object.fromEntries(Object.entries(works).map(([name, work]) => [name, call(name, work)])),
    getWindowInfo: windowInfo,
    getDeviceInfo: deviceInfo,
    getAppBaseInfo: appInfo,
    getSystemInfoSync: everything,
    // What is here is the newest there is.
    getUpdateManager: () => ({
      onCheckForUpdate: (listener: (news: { hasUpdate: boolean }) => void) =>
        run(() => listener({ hasUpdate: false })),
      onUpdateReady: () => undefined,
      onUpdateFailed: () => undefined,
      applyUpdate: () => undefined,
    }),
    getSystemSetting: () => ({ wifiEnabled: true, locationEnabled: true, bluetoothEnabled: false }),
    getAccountInfoSync: () => ({
      miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' },
    }),
    // config.ts: the server is where this page came from, which hands everything on.
    getExtConfigSync: () => ({ server: location.origin }),
    getMenuButtonBoundingClientRect: () => {
      const [width, height, top] = [87, 32, STATUS_BAR_HEIGHT + 6];
      return {
        width,
        height,
        top,
        bottom: top + height,
        left: innerWidth - 7 - width,
        right: innerWidth - 7,
      };
    },
    onNetworkStatusChange: network.changes.on,
    offNetworkStatusChange: network.changes.off,
    onThemeChange: deps.themes.on,
    offThemeChange: deps.themes.off,
  };
}

function randomBytes(length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  crypto.getRandomValues(bytes);
  return bytes.buffer;
}

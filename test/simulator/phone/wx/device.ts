/**
 * The phone itself, as `wx` tells of it: sizes, settings, language, theme, network, login, clipboard, random numbers,
 * pictures. What a browser cannot do here says so by failing, never by doing nothing.
 */
import type { Theme } from '../../compile/manifest.ts';
import type { Dialogs } from '../dialogs.ts';
import { NAVIGATION_BAR_HEIGHT, SAFE_BOTTOM, STATUS_BAR_HEIGHT, type Screen } from '../screen.ts';
import { MIDDLE_FONT, type Settings } from '../settings.ts';
import type { TempFiles } from '../temp-files.ts';
import type { Listeners } from './call.ts';
import { number, text, WxFailure, type Asked, type Work, type WxFunction, type WxPart } from './call.ts';
import type { Privacy } from './privacy.ts';

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
  files: TempFiles;
  privacy: Privacy;
}

export function createDeviceApi(deps: DeviceDeps, call: (name: string, work: Work) => WxFunction): WxPart {
  const { settings, network, screen, dialogs, files, privacy } = deps;
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

  async function chooseMedia(asked: Asked): Promise<object> {
    if (!(await privacy.allows('chooseMedia'))) throw new WxFailure('privacy permission is not authorized');
    const types = Array.isArray(asked['mediaType']) ? asked['mediaType'].map(String) : ['image', 'video'];
    const sources = Array.isArray(asked['sourceType']) ? asked['sourceType'].map(String) : ['album'];
    const isPicture = (type: string): boolean => type === 'image' || type === 'mix';
    const accept = types.map((type) => (isPicture(type) ? 'image/*' : 'video/*')).join(',');
    const capture = sources.length === 1 && sources[0] === 'camera';
    const paths = await files.choose({ accept, most: number(asked, 'count', 9), capture });
    if (paths.length === 0) throw new WxFailure('cancel');
    const tempFiles = await Promise.all(
      paths.map(async (tempFilePath) => ({
        tempFilePath,
        size: files.read(tempFilePath)?.size ?? 0,
        fileType: files.read(tempFilePath)?.type.startsWith('video/') ? 'video' : 'image',
        ...(await sizeOf(files.urlOf(tempFilePath))),
      })),
    );
    return { type: tempFiles[0]?.fileType ?? 'image', tempFiles };
  }

  const works: Record<string, Work> = {
    login: () => ({ code: `preview-${settings.phone}-${Date.now()}` }),
    checkSession: () => undefined,
    getSystemInfo: everything,
    getSystemInfoAsync: everything,
    getNetworkType: () => ({ networkType: network.isConnected ? 'wifi' : 'none' }),
    setClipboardData: async (asked) => {
      await navigator.clipboard.writeText(text(asked, 'data'));
      dialogs.toast('内容已复制', 'success', 1500);
    },
    getClipboardData: async () => ({ data: await navigator.clipboard.readText() }),
    vibrateShort: () => void navigator.vibrate?.(15),
    vibrateLong: () => void navigator.vibrate?.(400),
    getRandomValues: (asked) => ({ randomValues: randomBytes(number(asked, 'length', 0)) }),
    getImageInfo: async (asked) => ({
      path: text(asked, 'src'),
      ...(await sizeOf(files.urlOf(text(asked, 'src')))),
    }),
    // A browser cannot shrink a picture as a phone does; it goes as it is.
    compressImage: (asked) => ({ tempFilePath: text(asked, 'src') }),
    chooseMedia,
    previewImage: (asked) => {
      const urls = Array.isArray(asked['urls']) ? asked['urls'].map(String) : [];
      dialogs.picture(files.urlOf(text(asked, 'current', urls[0] ?? '')));
    },
  };
  return {
    ...Object.fromEntries(Object.entries(works).map(([name, work]) => [name, call(name, work)])),
    getWindowInfo: windowInfo,
    getDeviceInfo: deviceInfo,
    getAppBaseInfo: appInfo,
    getSystemInfoSync: everything,
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

/** 0 × 0 for what is no picture. */
function sizeOf(url: string): Promise<{ width: number; height: number }> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => resolve({ width: 0, height: 0 });
    image.src = url;
  });
}

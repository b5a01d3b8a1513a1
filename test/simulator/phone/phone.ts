/**
 * One phone: puts the parts together, boots the bundle in this browsing context, and hands its control to the page
 * around it. Each phone has its own globals; its storage bears its user's name. Decides nothing itself.
 */
import type { ChahuaApp } from '../../../typings/app.d.ts';
import type { Bundle } from '../compile/bundle.ts';
import type { Theme } from '../compile/manifest.ts';
import { marked } from '../serve/paths.ts';
import { Background } from './background.ts';
import { BUILT_INS } from './builtins/catalogue.ts';
import { holdsKeyboard } from './builtins/field.ts';
import { hoverOf } from './builtins/part.ts';
import { PhoneClock } from './clock.ts';
import { Complaints } from './complaints.ts';
import type { PhoneControl } from './control.ts';
import { Dialogs } from './dialogs.ts';
import { Framework } from './framework.ts';
import { Gestures } from './gestures.ts';
import { Keyboard } from './keyboard.ts';
import { Meter } from './meter.ts';
import { Pages } from './pages.ts';
import { SavedFiles } from './saved-files.ts';
import { Screen } from './screen.ts';
import { readSettings } from './settings.ts';
import { signInOnce } from './sign-in.ts';
import { Styles } from './styles.ts';
import { systemWords } from './system-words.ts';
import { TempFiles } from './temp-files.ts';
import { Thread } from './thread.ts';
import { createCalls, Listeners, type WxFunction } from './wx/call.ts';
import { createDeviceApi } from './wx/device.ts';
import { createFileSystemApi } from './wx/file-system.ts';
import { createHttpApi } from './wx/http.ts';
import { createInterfaceApi } from './wx/interface.ts';
import { createPicturesApi } from './wx/pictures.ts';
import { createSubscriptionsApi } from './wx/subscriptions.ts';
import { Life } from './wx/life.ts';
import { Privacy } from './wx/privacy.ts';
import { createQueryApi } from './wx/query.ts';
import { createSocketsApi, Sockets } from './wx/sockets.ts';
import { createStorageApi, PhoneStorage } from './wx/storage.ts';
import { createWx } from './wx/wx.ts';

declare global {
  interface Window {
    chahuaBundle: Bundle;
    phone?: PhoneControl;
  }
}

const bundle = window.chahuaBundle;
const { manifest, configs } = bundle;
const query = new URLSearchParams(location.search);
const settings = readSettings(query);
const user = settings.phone;
const words = systemWords(settings.language);
const complaints = new Complaints((what) => console.error(what));
const miss = (what: string): void => complaints.miss(what);

// ---- time, and the thread of the app
const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
const thread = new Thread({ after, onFault: (fault) => console.error(fault) });
const run = (task: () => void): void => thread.run(task);
const clock = new PhoneClock({ now: () => Date.now(), after, run }, Number(query.get('ahead') ?? 0));

// ---- the screen, and what stands on it
const styles = new Styles(bundle.styles);
styles.apply(settings.theme);
document.documentElement.style.setProperty('--font-size-setting', `${settings.fontSize}px`);
const screen = new Screen(document.body, {
  manifest,
  words,
  theme: () => settings.theme,
  now: () => clock.now(),
  onBack: () => run(() => pages.back(1)),
  onTab: (index) => run(() => pages.switchTab(`/${manifest.tabBar?.list[index]?.pagePath ?? ''}`)),
});
setInterval(() => screen.tick(), 10_000);
const keyboard = new Keyboard(screen.keyboard, screen.pages, words);
const dialogs = new Dialogs(screen.over, after, words);
const files = new TempFiles(onOwnLine);
const saved = await SavedFiles.open(user, files);
const pages: Pages = new Pages({
  manifest,
  configs,
  screen,
  run,
  mount: (path, options, parent) => framework.mount(path, options, parent),
  changed: () => signInOnce(pages.path, user),
});
// A field that holds the keyboard keeps the focus when something else is touched.
screen.pages.addEventListener('mousedown', (event) => {
  const isField = event.target instanceof Element && event.target.matches('input, textarea');
  if (!isField && holdsKeyboard(document.activeElement)) event.preventDefault();
});

let tappedAt = Number.NEGATIVE_INFINITY;
document.addEventListener('pointerup', () => (tappedAt = performance.now()), { capture: true });

// ---- wx
const call = createCalls(run);
const meter = new Meter();
const storage = new PhoneStorage(localStorage, user);
const privacy = new Privacy({ dialogs, shelf: localStorage, phone: user, run });
const firstPage = settings.page || (manifest.pages[0] ?? '');
const life = new Life(firstPage, run);
const themes = new Listeners<{ theme: Theme }>();
const network = {
  changes: new Listeners<{ isConnected: boolean; networkType: string }>(),
  isConnected: query.get('offline') === null,
};
const sockets = new Sockets({
  open: (url, protocols) => new WebSocket(onOwnLine(url), protocols),
  run,
  after,
  sent: (frame) => meter.sent(frame),
  received: (frame) => meter.received(frame),
});
const wx = createWx(
  [
    createStorageApi(storage, call),
    createSocketsApi(sockets),
    createHttpApi({ run, files, phone: user }),
    createDeviceApi({ settings, themes, network, screen, dialogs, run }, call),
    createPicturesApi({ dialogs, files, privacy }, call),
    createInterfaceApi({ dialogs, keyboard, pages, screen }, call),
    createFileSystemApi({ files, saved, now: () => clock.now(), miss }, call),
    createQueryApi(() => pages.current),
    life.createApi(),
    privacy.createApi(call),
    createSubscriptionsApi(
      { dialogs, shelf: localStorage, phone: user, sinceTap: () => performance.now() - tappedAt },
      call,
    ),
  ],
  miss,
);

// ---- the app
let app: Record<string, unknown> = {};
const framework = new Framework({
  bundle,
  builtIns: BUILT_INS,
  top: () => screen.top,
  onSetData: (changes, owner) => meter.setData(changes, owner),
  globals: {
    wx,
    App: (definition: Record<string, unknown>) => (app = definition),
    getApp: () => app,
    getCurrentPages: () => pages.instances,
    ...clock.globals(),
  },
  fittings: {
    run,
    after,
    keyboard,
    files,
    navigate(how, url, delta) {
      const names: Record<string, string> = { navigate: 'navigateTo', redirect: 'redirectTo' };
      const go = wx[names[how] ?? how] as WxFunction | undefined;
      void go?.({ url, delta, fail: (failure) => console.error(failure) });
    },
    chooseFromList: (items) => dialogs.actionSheet(items, ''),
    privacyFor: (what) => privacy.allows(what),
    agreeToPrivacy: () => privacy.tapped(),
    miss,
  },
});
new Gestures(screen.pages, () => screen.top, {
  after,
  hoverOf,
  listensTo: (target, name) => framework.listensTo(target, name),
  send(target, name, detail, touch) {
    if (name === 'tap' && target.closest('[disabled]')) return;
    const touches = name === 'touchend' || name === 'tap' ? [] : [touch];
    run(() => framework.send(target, name, detail, { touches, changedTouches: [touch] }));
  },
});

// ---- its fate
const background = new Background({
  after,
  hide: () =>
    run(() => {
      pages.hide();
      callApp('onHide');
      life.hidden();
    }),
  freeze: () => thread.freeze(),
  dropSockets() {
    sockets.drop();
    void fetch(`/preview/line?phone=${encodeURIComponent(user)}`, { method: 'POST', body: '{"reset":true}' });
  },
  destroy: () => thread.end(),
  show() {
    thread.thaw();
    run(() => {
      callApp('onShow', life.launch);
      life.shown();
      pages.show();
    });
  },
  restart() {
    query.set('ahead', String(clock.aheadMs));
    if (network.isConnected) query.delete('offline');
    else query.set('offline', '1');
    location.search = query.toString();
  },
});

window.phone = {
  status() {
    const state = (app as Partial<ChahuaApp>).store?.state;
    return {
      page: pages.path,
      presence: background.presence.name,
      thread: thread.state,
      waiting: thread.waiting,
      aheadMs: clock.aheadMs,
      link: state?.link.name ?? '',
      session: state?.session.name ?? '',
      unsent: state?.waiting ?? 0,
      sockets: sockets.live,
      storageUsed: storage.used,
      storageFilled: storage.isFilled,
      traffic: meter.traffic,
      frames: meter.frames,
      setData: meter.calls,
      missing: complaints.missing,
    };
  },
  leave() {
    background.leave();
    showPresence();
  },
  comeBack() {
    background.comeBack();
    showPresence();
  },
  pass(ms) {
    background.pass(ms);
    clock.skip(ms);
    screen.tick();
    showPresence();
  },
  setConnected(isConnected) {
    network.isConnected = isConnected;
    run(() => network.changes.emit({ isConnected, networkType: isConnected ? 'wifi' : 'none' }));
  },
  fillStorage: () => storage.fill(),
  emptyStorage: () => storage.empty(),
  async clearStorage() {
    thread.end();
    storage.clear();
    await saved.clear();
  },
  slow: (ms) => thread.slow(ms),
  setTheme(theme) {
    settings.theme = theme;
    styles.apply(theme);
    screen.repaint();
    run(() => themes.emit({ theme }));
  },
  open: (url) => run(() => pages.push(url)),
  restartWith(changes) {
    thread.end();
    for (const [name, value] of Object.entries(changes)) query.set(name, value);
    location.search = query.toString();
  },
};

run(() => {
  framework.start();
  callApp('onLaunch', life.launch);
  callApp('onShow', life.launch);
  pages.relaunch(`/${firstPage}`);
});

function callApp(name: string, ...args: unknown[]): void {
  const method = app[name];
  if (typeof method === 'function') method.apply(app, args);
}

/** What goes to the page's own host says whose it is; the preview's server puts it on that phone's line. */
function onOwnLine(url: string): string {
  return marked(url, location.host, user);
}

function showPresence(): void {
  document.body.dataset['presence'] = background.presence.name;
}

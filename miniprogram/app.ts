/**
 * The composition root: gives the client the phone it runs on, and tells it when the app is shown, hidden, and when
 * the network changes. Pages reach the store and the engine by getApp().
 */
import type { ChahuaApp } from '../typings/app';
import { createClient } from './client';
import { APP_VERSION, readConfig } from './config';
import { createSystemClock } from './net/system-clock';
import { createWxFiles } from './net/wx-files';
import { createWxHttp } from './net/wx-http';
import { createWxLogin } from './net/wx-login';
import { createWxRandom } from './net/wx-random';
import { createWxSocket } from './net/wx-socket';
import { createWxSubscribe } from './net/wx-subscribe';
import { createWxStorage } from './sync/wx-storage';
import { speak, words } from './words/language';

speak(wx.getAppBaseInfo().language);

const { serverUrl, socketUrl } = readConfig(wx.getExtConfigSync?.());

const clock = createSystemClock();
const client = createClient({
  serverUrl,
  socketUrl,
  openSocket: createWxSocket(wx),
  http: createWxHttp(wx, serverUrl, clock),
  storage: createWxStorage(wx),
  files: createWxFiles(wx),
  clock,
  loginCode: createWxLogin(wx),
  askConsent: createWxSubscribe(wx),
  randomBytes: createWxRandom(wx),
  random: Math.random,
  nextTick: (run) => wx.nextTick(run),
  about: { platform: wx.getDeviceInfo().platform, app: APP_VERSION },
});

App<ChahuaApp>({
  store: client.store,
  engine: client.engine,
  finder: client.engine.finder,
  notices: client.notices,
  version: APP_VERSION,

  onLaunch() {
    wx.onNetworkStatusChange(({ isConnected }) => client.networkChanged(isConnected));
    client.store.subscribe((changed) => {
      const { report } = client.store.state;
      if (report && changed.has('report')) tellReport(report.action);
    });
    client.start();
  },

  onShow() {
    client.shown();
  },

  onHide() {
    client.hidden();
  },
});

/** What became of something that one reported: it may come on any page. */
function tellReport(action: keyof typeof words.reports): void {
  void wx.showToast({ title: words.reports[action], icon: 'none', duration: 3000 });
}

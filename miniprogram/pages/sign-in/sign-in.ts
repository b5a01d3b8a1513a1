/**
 * The way in: by WeChat, and in a development build also by name, for a server with DEV_LOGIN. Leaves for the
 * rooms as soon as the tree says that somebody is signed in, whoever brought that about.
 */
import type { ChahuaApp } from '../../../typings/app';
import { isBlank } from '../../format';
import { connect } from '../../store/page-store';
import { words } from '../../words/language';
import { barredWords, failureWords } from '../../words/sentences';

Page({
  data: {
    t: words.signIn,
    app: words.app.name,
    /** unknown · signed-out · signed-in · barred, and of a signed-out one why. */
    session: 'unknown',
    why: '',
    byName: false,
    isBusy: false,
    /** A line each. */
    problem: [] as string[],
  },

  undos: [] as (() => void)[],
  name: '',

  onLoad() {
    const { store } = getApp<ChahuaApp>();
    void wx.setNavigationBarTitle({ title: words.signIn.title });
    this.setData({ byName: wx.getAccountInfoSync().miniProgram.envVersion === 'develop' });
    this.undos = [
      connect(this, store, ({ session }) => ({
        session: session.name,
        why: session.name === 'signed-out' ? (session.why ?? '') : '',
      })),
      store.subscribe(() => this.follow()),
    ];
    this.follow();
  },

  onUnload() {
    for (const undo of this.undos) undo();
  },

  follow() {
    if (getApp<ChahuaApp>().store.state.session.name !== 'signed-in') return;
    for (const undo of this.undos.splice(0)) undo();
    void wx.switchTab({ url: '/pages/rooms/rooms' });
  },

  onSignIn() {
    return this.signIn((engine) => engine.signIn());
  },

  onName(event: WechatMiniprogram.Input) {
    this.name = event.detail.value;
  },

  onSignInAs() {
    const name = this.name.trim();
    if (isBlank(name)) return undefined;
    return this.signIn((engine) => engine.signInAs(name));
  },

  async signIn(run: (engine: ChahuaApp['engine']) => Promise<void>) {
    if (this.data.isBusy) return;
    this.setData({ isBusy: true, problem: [] });
    try {
      await run(getApp<ChahuaApp>().engine);
      this.setData({ isBusy: false });
    } catch (failure) {
      this.setData({ isBusy: false, problem: signInFailure(failure) });
    }
  },
});

/** Of a ban, also why and until when, as far as the server tells. */
function signInFailure(failure: unknown): string[] {
  return [failureWords(failure), ...barredWords(failure, Date.now())];
}

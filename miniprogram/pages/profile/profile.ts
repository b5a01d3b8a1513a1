/**
 * One's picture and name, what this phone keeps, and the way out. WeChat hands out neither picture nor name by itself
 * any more: the picture comes from `open-type="chooseAvatar"`, the name from `<input type="nickname">`, which may
 * change what was typed after its last input event and is therefore read when the form is submitted. Both ask for
 * consent first, by the privacy sheet.
 */
import type { ChahuaApp } from '../../../typings/app';
import { picturesOf } from '../../format';
import { connect } from '../../store/page-store';
import { words } from '../../words/language';
import { avatarFailureWords, failureWords, nameProblem, signOutWords } from '../../words/sentences';
import { profileView } from './profile-view';

Page({
  data: {
    t: words.profile,
    points: words.privacy.points,
    contract: words.privacy.contract,
    isSignedIn: false,
    canLeave: false,
    user: '',
    name: '',
    avatar: '',
    bar: { text: '', tone: 'quiet', action: '', label: '' },
    /** The name in the field is not the one that is saved. */
    isRenamed: false,
    /** idle · name · avatar: what is being saved. */
    saving: 'idle',
    problem: '',
    storage: '',
    theme: '',
    version: '',
    isPrivacyOpen: false,
  },

  undos: [] as (() => void)[],

  onLoad() {
    const app = getApp<ChahuaApp>();
    void wx.setNavigationBarTitle({ title: words.profile.title });
    this.undos = [connect(this, app.store, profileView), app.store.subscribe(() => this.lookForPicture())];
    this.lookForPicture();
    this.setData({ version: app.version });
  },

  onShow() {
    this.look();
  },

  onUnload() {
    for (const undo of this.undos) undo();
  },

  lookForPicture() {
    const { engine, store } = getApp<ChahuaApp>();
    const { session } = store.state;
    if (session.name === 'signed-in') engine.look(picturesOf([session.user]));
  },

  /** What the phone tells only when it is asked. */
  look() {
    const isDark = wx.getAppBaseInfo().theme === 'dark';
    this.setData({ theme: isDark ? words.profile.dark : words.profile.light });
    wx.getStorageInfo({
      success: ({ currentSize }) => this.setData({ storage: words.profile.kilobytes(currentSize) }),
    });
  },

  onBar() {
    if (this.data.bar.action === 'sign-in') this.toSignIn();
    else getApp<ChahuaApp>().engine.reconnect();
  },

  onChooseAvatar(event: WechatMiniprogram.CustomEvent<{ avatarUrl: string }>) {
    return this.save('avatar', (engine) => engine.changeAvatar(event.detail.avatarUrl));
  },

  onName(event: WechatMiniprogram.Input) {
    const isRenamed = event.detail.value.trim() !== this.data.name;
    if (isRenamed !== this.data.isRenamed) this.setData({ isRenamed, problem: '' });
  },

  onSubmit(event: WechatMiniprogram.FormSubmit) {
    const name = String(event.detail.value['name'] ?? '').trim();
    const problem = nameProblem(name);
    this.setData({ problem });
    if (problem !== '' || name === this.data.name) return undefined;
    return this.save('name', (engine) => engine.changeProfile({ name }));
  },

  async save(what: 'name' | 'avatar', run: (engine: ChahuaApp['engine']) => Promise<unknown>) {
    if (this.data.saving !== 'idle') return;
    this.setData({ saving: what, problem: '' });
    try {
      await run(getApp<ChahuaApp>().engine);
      this.setData({ saving: 'idle', ...(what === 'name' && { isRenamed: false }) });
      void wx.showToast({ title: words.profile.saved, icon: 'success' });
    } catch (failure) {
      const problem = what === 'avatar' ? avatarFailureWords(failure) : failureWords(failure);
      this.setData({ saving: 'idle', problem });
    }
  },

  async onClear() {
    const { clearTitle, clearText, cleared } = words.profile;
    if (!(await this.confirm(clearTitle, clearText))) return;
    getApp<ChahuaApp>().engine.clearCache();
    this.look();
    void wx.showToast({ title: cleared, icon: 'success' });
  },

  onPrivacy() {
    this.setData({ isPrivacyOpen: !this.data.isPrivacyOpen });
  },

  onContract() {
    wx.openPrivacyContract({ fail: () => undefined });
  },

  async onSignOut() {
    const { store, engine } = getApp<ChahuaApp>();
    if (!(await this.confirm(words.signOut.title, signOutWords(store.state.waiting)))) return;
    try {
      await engine.signOut();
    } catch (failure) {
      // Without a network the server does not hear of it; the phone has forgotten the login all the same.
      if (store.state.session.name !== 'signed-out') return this.setData({ problem: failureWords(failure) });
    }

    this.toSignIn();
  },

  async confirm(title: string, content: string): Promise<boolean> {
    const { yes, no } = words.confirm;
    return (await wx.showModal({ title, content, confirmText: yes, cancelText: no })).confirm;
  },

  toSignIn() {
    void wx.reLaunch({ url: '/pages/sign-in/sign-in' });
  },
});

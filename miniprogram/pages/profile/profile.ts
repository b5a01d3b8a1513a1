/**
 * One's picture and name, and the way out. WeChat hands out neither by itself any more: the picture comes
 * from `open-type="chooseAvatar"`, the name from `<input type="nickname">`, which may change what was typed
 * after its last input event and is therefore read when the form is submitted.
 */
import type { ChahuaApp } from '../../../typings/app';
import { connect } from '../../store/page-store';
import { words } from '../../words/language';
import { avatarFailureWords, failureWords, nameProblem, signOutWords } from '../../words/sentences';
import { profileView } from './profile-view';

Page({
  data: {
    t: words.profile,
    isSignedIn: false,
    canLeave: false,
    user: '',
    name: '',
    avatar: '',
    bar: { text: '', tone: 'quiet', action: '', label: '' },
    /** idle · name · avatar: what is being saved. */
    saving: 'idle',
    problem: '',
  },

  undo: (): void => undefined,

  onLoad() {
    void wx.setNavigationBarTitle({ title: words.profile.title });
    this.undo = connect(this, getApp<ChahuaApp>().store, profileView);
  },

  onUnload() {
    this.undo();
  },

  onBar() {
    if (this.data.bar.action === 'sign-in') this.toSignIn();
    else getApp<ChahuaApp>().engine.reconnect();
  },

  onChooseAvatar(event: WechatMiniprogram.CustomEvent<{ avatarUrl: string }>) {
    return this.save('avatar', (engine) => engine.changeAvatar(event.detail.avatarUrl));
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
      this.setData({ saving: 'idle' });
      void wx.showToast({ title: words.profile.saved, icon: 'success' });
    } catch (failure) {
      const problem = what === 'avatar' ? avatarFailureWords(failure) : failureWords(failure);
      this.setData({ saving: 'idle', problem });
    }
  },

  async onSignOut() {
    const { store, engine } = getApp<ChahuaApp>();
    const { confirm } = await wx.showModal({
      title: words.signOut.title,
      content: signOutWords(store.state.waiting),
    });
    if (!confirm) return;
    const { user } = this.data;
    try {
      await engine.signOut();
    } catch (failure) {
      // Without a network the server does not hear of it; the phone has forgotten the login all the same.
      if (store.state.session.name !== 'signed-out') return this.setData({ problem: failureWords(failure) });
    }
    // Nothing of the person stays on the phone: the engine sees to all but the drafts (pages/chat/drafts.ts).
    wx.removeStorageSync(`drafts-${user}`);
    this.toSignIn();
  },

  toSignIn() {
    void wx.reLaunch({ url: '/pages/sign-in/sign-in' });
  },
});

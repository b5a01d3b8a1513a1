/**
 * One room's chat. Shows the tree through chat-view.ts and hands what a person does to the engine. Of its own it
 * keeps what belongs to this screen: the draft, the keyboard's height, whether the end is in sight. What is seen
 * counts as read only while the page is on screen and the end is in sight.
 */
import type { ChahuaApp } from '../../../typings/app';
import { connect } from '../../store/page-store';
import { words } from '../../words/language';
import { contentWords, failureWords, sendFailureWords } from '../../words/sentences';
import { chatView, myId, type ChatRow } from './chat-view';
import { Drafts, type Draft } from './drafts';
import { rowActions, type RowAction } from './row-actions';

type Detail<T extends object> = WechatMiniprogram.CustomEvent<T>;

/** What is used of the component. */
interface Composer {
  show(text: string): void;
}

const storage = {
  get: (key: string): unknown => wx.getStorageSync(key),
  set: (key: string, value: Draft[]) => wx.setStorageSync(key, value),
};

Page({
  data: {
    title: '',
    bar: { text: '', tone: 'quiet', action: '', label: '' },
    about: '',
    hasMembers: false,
    older: 'unknown',
    rows: [] as ChatRow[],
    typing: '',
    hint: '',
    closed: '',
    limit: 0,
    /** What the composer starts from. */
    draft: '',
    /** Px. */
    keyboard: 0,
  },

  room: '',
  /** Whose drafts these are, also after signing out. */
  me: '',
  undos: [] as (() => void)[],
  /** As it stands in the composer. */
  text: '',
  title: '',
  isShown: false,
  isAtEnd: true,

  onLoad(query: { room?: string }) {
    const { store, engine } = getApp<ChahuaApp>();
    const room = query.room ?? '';
    const unread = store.state.rooms[room]?.unread ?? 0;
    this.room = room;
    this.me = myId(store.state);
    this.text = this.drafts().read(room);
    this.setData({ draft: this.text });
    // Opened from a link by somebody who is not signed in, it says so, and has nothing to ask for.
    if (store.state.session.name === 'signed-in' || store.state.rooms[room]) engine.enter(room);
    this.undos = [
      connect(this, store, (state) => chatView(state, { room, now: Date.now(), unread })),
      store.subscribe(() => this.follow()),
    ];
  },

  onShow() {
    this.isShown = true;
    this.follow();
  },

  onHide() {
    this.isShown = false;
    this.drafts().keep(this.room, this.text);
  },

  onUnload() {
    this.isShown = false;
    this.drafts().keep(this.room, this.text);
    for (const undo of this.undos) undo();
    getApp<ChahuaApp>().engine.leave(this.room);
  },

  /** What cannot be said in wxml: the title, and what was read. */
  follow() {
    const { store } = getApp<ChahuaApp>();
    const name = store.state.rooms[this.room]?.name ?? '';
    if (name !== this.title) {
      this.title = name;
      void wx.setNavigationBarTitle({ title: name });
    }
    this.markRead();
  },

  markRead() {
    if (!this.isShown || !this.isAtEnd) return;
    const { store, engine } = getApp<ChahuaApp>();
    const room = store.state.rooms[this.room];
    const newest =
      store.state.chats[this.room]?.rows.reduce((seq, row) => Math.max(seq, row.seq ?? 0), 0) ?? 0;
    if (room && newest > room.read) engine.read(this.room, newest);
  },

  onBar() {
    if (this.data.bar.action === 'sign-in') void wx.reLaunch({ url: '/pages/sign-in/sign-in' });
    else getApp<ChahuaApp>().engine.reconnect();
  },

  onAbout() {
    if (this.data.hasMembers) void wx.navigateTo({ url: `/pages/room/room?room=${this.room}` });
  },

  async onOlder() {
    if (this.data.older !== 'more' && this.data.older !== 'failed') return;
    try {
      await getApp<ChahuaApp>().engine.older(this.room);
    } catch {
      // `older: 'failed'` stands in the tree, and above the first row a way to try again.
    }
  },

  onEnd(event: Detail<{ seen: boolean }>) {
    this.isAtEnd = event.detail.seen;
    this.markRead();
  },

  onDraft(event: Detail<{ text: string }>) {
    const { text } = event.detail;
    if (text !== '') getApp<ChahuaApp>().engine.typing(this.room);
    this.text = text;
  },

  onSend(event: Detail<{ text: string }>) {
    const { text } = event.detail;
    try {
      getApp<ChahuaApp>().engine.sendText(this.room, text);
      this.text = '';
    } catch (failure) {
      // Not taken: it goes back to where it was written.
      (this.selectComponent('.writer') as unknown as Composer).show(text);
      void wx.showToast({ title: sendFailureWords(failure), icon: 'none' });
    }
  },

  onKeyboard(event: Detail<{ height: number }>) {
    const keyboard = event.detail.height;
    if (keyboard !== this.data.keyboard) this.setData({ keyboard });
  },

  /** The composer holds the keyboard while one writes message after message; a tap on the list lets it go. */
  onAway() {
    if (this.data.keyboard > 0) void wx.hideKeyboard();
  },

  onHold(event: Detail<{ key: string }>) {
    return this.offer(event.detail.key);
  },

  onRetry(event: Detail<{ key: string }>) {
    return this.offer(event.detail.key);
  },

  async offer(key: string) {
    const { state } = getApp<ChahuaApp>().store;
    const row = state.chats[this.room]?.rows.find((candidate) => candidate.key === key);
    if (!row) return;
    const role = state.rooms[this.room]?.role ?? 'none';
    const actions = rowActions(row, { role, now: Date.now(), recallSeconds: state.limits?.recall });
    if (actions.length === 0) return;
    const chosen = await wx
      .showActionSheet({ itemList: actions.map((action) => words.rowActions[action]) })
      .then(
        ({ tapIndex }) => actions[tapIndex],
        () => undefined,
      );
    if (chosen) await this.act(chosen, key);
  },

  /** The row is looked up again: it may have been sent, or recalled, while the sheet was open. */
  async act(action: RowAction, key: string) {
    const { store, engine } = getApp<ChahuaApp>();
    const row = store.state.chats[this.room]?.rows.find((candidate) => candidate.key === key);
    if (!row) return;
    if (action === 'copy') void wx.setClipboardData({ data: contentWords(row.kind, row.body) });
    if (action === 'resend' && row.cid !== undefined) engine.resend(this.room, row.cid);
    if (action === 'discard' && row.cid !== undefined) engine.discard(this.room, row.cid);
    if (action !== 'recall' || row.seq === undefined) return;
    try {
      await engine.recall(this.room, row.seq);
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
    }
  },

  drafts() {
    return new Drafts(storage, this.me);
  },
});

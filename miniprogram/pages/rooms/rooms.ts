/**
 * The rooms a person is in. Shows the tree through rooms-view.ts, opens chats, sets preferences. As the
 * first page it also sees to it that somebody who is signed out stands at the sign-in page.
 */
import type { ChahuaApp } from '../../../typings/app';
import { badge, picturesOf } from '../../format';
import { watch, type Watched } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';
import { roomsView, type RoomItem } from './rooms-view';

type RoomEvent = WechatMiniprogram.CustomEvent<object, object, { room: string }>;

Page({
  data: {
    t: words.rooms,
    session: 'unknown',
    bar: { text: '', tone: 'quiet', action: '', label: '' },
    rooms: [] as RoomItem[],
  },

  list: undefined as Watched | undefined,
  undos: [] as (() => void)[],
  isShown: false,

  onLoad() {
    const { store } = getApp<ChahuaApp>();
    void wx.setNavigationBarTitle({ title: words.rooms.title });
    [words.rooms.title, words.people.title, words.profile.title].forEach((text, index) =>
      // Fails where another page covers the tab bar; it has its Chinese words then, from app.json.
      wx.setTabBarItem({ index, text, fail: () => undefined }),
    );
    const list = watch(this, store, (state) => roomsView(state, Date.now()));
    this.list = list;
    this.undos = [list.undo, store.subscribe(() => this.follow())];
  },

  onUnload() {
    for (const undo of this.undos) undo();
  },

  onShow() {
    this.isShown = true;
    this.list?.show();
    this.follow();
  },

  onHide() {
    this.isShown = false;
    this.list?.hide();
  },

  /** What cannot be said in wxml: the sign-in page and the badge of the tab. */
  follow() {
    if (!this.isShown) return;
    const { engine, store } = getApp<ChahuaApp>();
    const { session, unread, order, rooms } = store.state;
    if (session.name === 'signed-out') {
      this.isShown = false;
      void wx.reLaunch({ url: '/pages/sign-in/sign-in' });
      return;
    }
    engine.look(picturesOf(order.flatMap((id) => [rooms[id], rooms[id]?.peer])));
    const text = badge(unread);
    // Both fail where the tab bar is just being covered by another page; the next onShow makes up for it.
    if (text === '') wx.removeTabBarBadge({ index: 0, fail: () => undefined });
    else wx.setTabBarBadge({ index: 0, text, fail: () => undefined });
  },

  onBar() {
    getApp<ChahuaApp>().engine.reconnect();
  },

  onSearch() {
    void wx.navigateTo({ url: '/pages/search/search' });
  },

  onStart() {
    void wx.navigateTo({ url: '/pages/pick/pick' });
  },

  async onPullDownRefresh() {
    const { engine, store } = getApp<ChahuaApp>();
    if (store.state.link.name !== 'live') engine.reconnect();
    // Without a connection the bar says so, and the list comes with the next one.
    await engine.refresh().catch(() => undefined);
    void wx.stopPullDownRefresh();
  },

  onOpen(event: RoomEvent) {
    const { store, notices } = getApp<ChahuaApp>();
    const { room } = event.currentTarget.dataset;
    // Whoever was called is about to see what a notice would have told.
    if (store.state.rooms[room]?.called !== undefined) void notices.ask('mention');
    void wx.navigateTo({ url: `/pages/chat/chat?room=${room}` });
  },

  async onHold(event: RoomEvent) {
    const { room } = event.currentTarget.dataset;
    const { pinned, muted } = this.data.rooms.find((item) => item.key === room) ?? {};
    const { pin, unpin, mute, unmute, hide } = words.roomActions;
    const choices = [
      { words: pinned ? unpin : pin, preferences: { pinned: !pinned } },
      { words: muted ? unmute : mute, preferences: { muted: !muted } },
      { words: hide, preferences: { hidden: true } },
    ];
    const chosen = await choose(choices.map((choice) => choice.words));
    const choice = choices[chosen];
    if (!choice) return;
    try {
      await getApp<ChahuaApp>().engine.prefer(room, choice.preferences);
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
    }
  },
});

/** The index of what was tapped; -1 where the sheet was put away. */
function choose(itemList: string[]): Promise<number> {
  return wx.showActionSheet({ itemList }).then(
    ({ tapIndex }) => tapIndex,
    () => -1,
  );
}

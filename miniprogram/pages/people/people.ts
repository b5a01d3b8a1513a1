/**
 * Everybody one has met: in shared rooms and direct chats. A tap opens the direct chat. The tree knows whom the app has
 * seen named; when the page is first shown, and when it is pulled down, the members of the rooms used last are asked
 * for as well.
 */
import type { ChahuaApp } from '../../../typings/app';
import { picturesOf } from '../../format';
import { watch, whenLive, type Watched } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';
import { peopleView, type PeopleView } from './people-view';

/** Of so many rooms the first members are asked for. */
const ROOMS_ASKED = 8;

type PersonEvent = WechatMiniprogram.CustomEvent<object, object, { user: string }>;

Page({
  data: {
    t: words.people,
    isSignedIn: true,
    bar: { text: '', tone: 'quiet', action: '', label: '' },
    isSearch: false,
    sections: [] as PeopleView['sections'],
    foot: '',
  },

  query: '',
  isOpening: false,
  hasAsked: false,
  list: undefined as Watched | undefined,
  undos: [] as (() => void)[],

  onLoad() {
    const { engine, store } = getApp<ChahuaApp>();
    const look = () => engine.look(picturesOf(Object.values(store.state.people)));
    void wx.setNavigationBarTitle({ title: words.people.title });
    this.list = watch(this, store, (state) => peopleView(state, this.query));
    this.undos = [
      this.list.undo,
      whenLive(store, () => !this.hasAsked && void this.meet()),
      store.subscribe(look),
    ];
    look();
  },

  onShow() {
    this.list?.show();
    if (!this.hasAsked) void this.meet();
  },

  /** Names are sorted for each change of the tree, which is for nobody while the page is covered. */
  onHide() {
    this.list?.hide();
  },

  onUnload() {
    for (const undo of this.undos.splice(0)) undo();
  },

  /** Members arrive in the tree by themselves. A room that cannot be asked now is asked the next time. */
  async meet() {
    const { engine, store } = getApp<ChahuaApp>();
    if (store.state.link.name !== 'live') return;
    this.hasAsked = true;
    const rooms = store.state.order
      .filter((id) => store.state.rooms[id]?.kind !== 'direct')
      .slice(0, ROOMS_ASKED);
    await Promise.all(rooms.map((room) => engine.members(room).catch(() => undefined)));
  },

  async onPullDownRefresh() {
    await this.meet();
    void wx.stopPullDownRefresh();
  },

  onBar() {
    if (this.data.bar.action === 'sign-in') void wx.reLaunch({ url: '/pages/sign-in/sign-in' });
    else getApp<ChahuaApp>().engine.reconnect();
  },

  onQuery(event: WechatMiniprogram.CustomEvent<{ text: string }>) {
    this.query = event.detail.text;
    this.list?.refresh();
  },

  onGroup() {
    void wx.navigateTo({ url: '/pages/pick/pick' });
  },

  onOpenRooms() {
    void wx.navigateTo({ url: '/pages/open-rooms/open-rooms' });
  },

  async onPerson(event: PersonEvent) {
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      const room = await getApp<ChahuaApp>().engine.openDirect(event.currentTarget.dataset.user);
      void wx.navigateTo({ url: `/pages/chat/chat?room=${room}` });
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
    } finally {
      this.isOpening = false;
    }
  },
});

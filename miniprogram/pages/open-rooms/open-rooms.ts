/** The rooms that anybody may join; a tap joins, or enters where one is in it already. */
import type { ChahuaApp, RoomSummary } from '../../../typings/app';
import { whenLive } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';

interface OpenRoomItem {
  key: string;
  name: string;
  avatar: string;
  about: string;
  spoken: string;
  isMine: boolean;
}

Page({
  data: {
    t: words.openRooms,
    retry: words.failures.retry,
    rooms: [] as OpenRoomItem[],
    /** loading · done · failed */
    state: 'loading',
    problem: '',
  },

  isJoining: false,
  undo: (): void => undefined,

  onLoad(): Promise<void> {
    void wx.setNavigationBarTitle({ title: words.openRooms.title });
    const { store } = getApp<ChahuaApp>();
    this.undo = whenLive(store, () => this.data.state === 'failed' && void this.load());
    return this.load();
  },

  onUnload() {
    this.undo();
  },

  onRetry(): Promise<void> {
    return this.load();
  },

  async onPullDownRefresh(): Promise<void> {
    await this.load();
    void wx.stopPullDownRefresh();
  },

  async load(): Promise<void> {
    try {
      const rooms = await getApp<ChahuaApp>().finder.openRooms();
      this.setData({ rooms: rooms.map(itemOf), state: 'done' });
    } catch (failure) {
      this.setData({ rooms: [], state: 'failed', problem: failureWords(failure) });
    }
  },

  async onRoom(event: WechatMiniprogram.CustomEvent<object, object, { room: string }>) {
    if (this.isJoining) return;
    this.isJoining = true;
    const { room } = event.currentTarget.dataset;
    const { engine, store } = getApp<ChahuaApp>();
    try {
      if (!store.state.rooms[room]) await engine.join(room);
      void wx.redirectTo({ url: `/pages/chat/chat?room=${room}` });
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
    } finally {
      this.isJoining = false;
    }
  },
});

function itemOf({ id, name, avatar, members, kind, role }: RoomSummary): OpenRoomItem {
  const isMine = role !== 'none';
  const count = words.rooms.members(members);
  const about = kind === 'live' ? `${words.openRooms.live} · ${count}` : count;
  const act = isMine ? words.openRooms.enter : words.openRooms.join;
  const shown = name || words.rooms.unnamed;
  return {
    key: id,
    name: shown,
    avatar: avatar ?? '',
    about,
    spoken: words.rooms.spoken([shown, about, act]),
    isMine,
  };
}

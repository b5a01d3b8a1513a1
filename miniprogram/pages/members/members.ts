/**
 * Who is in a room, a page at a time as one scrolls down; a tap on somebody opens the direct chat. Asks the
 * engine and keeps what it got: members are no part of the tree.
 */
import type { ChahuaApp } from '../../../typings/app';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';
import { memberItem, type MemberItem } from './members-view';

/** A list of a live room's thousands is of no use to anybody, and setData has its bounds. */
const MOST = 1000;

type PersonEvent = WechatMiniprogram.CustomEvent<object, object, { user: string; me: boolean }>;

Page({
  data: {
    t: words.members,
    members: [] as MemberItem[],
    /** loading · more · done · full · failed */
    state: 'loading',
    /** What the foot says where it is not the same each time. */
    foot: '',
  },

  room: '',
  isOpening: false,

  onLoad(query: { room?: string }): Promise<void> {
    this.room = query.room ?? '';
    void wx.setNavigationBarTitle({ title: words.members.title });
    return this.load();
  },

  onReachBottom(): Promise<void> | undefined {
    return this.data.state === 'more' ? this.load() : undefined;
  },

  onRetry(): Promise<void> {
    return this.load();
  },

  async load(): Promise<void> {
    const { engine, store } = getApp<ChahuaApp>();
    const shown = this.data.members.length;
    this.setData({ state: 'loading', foot: '' });
    try {
      const { members, more } = await engine.members(this.room, this.data.members[shown - 1]?.key);
      const { session } = store.state;
      const me = session.name === 'signed-in' ? session.user.id : '';
      const added: Record<string, unknown> = {};
      members.slice(0, MOST - shown).forEach((member, index) => {
        added[`members[${shown + index}]`] = memberItem(member, me, Date.now());
      });
      const isFull = shown + members.length >= MOST;
      this.setData({
        ...added,
        state: !more ? 'done' : isFull ? 'full' : 'more',
        foot: isFull ? words.members.most(MOST) : '',
      });
    } catch (failure) {
      this.setData({ state: 'failed', foot: words.members.retry(failureWords(failure)) });
    }
  },

  async onPerson(event: PersonEvent) {
    const { user, me } = event.currentTarget.dataset;
    if (me || this.isOpening) return;
    this.isOpening = true;
    try {
      const room = await getApp<ChahuaApp>().engine.openDirect(user);
      // In place of this page: the stack of pages has ten places.
      void wx.redirectTo({ url: `/pages/chat/chat?room=${room}` });
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
    } finally {
      this.isOpening = false;
    }
  },
});

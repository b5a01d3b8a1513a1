/**
 * Who is in a room, a page at a time as one scrolls down; a tap on somebody opens their page. Asks the
 * engine and keeps what it got: members are no part of the tree.
 */
import type { ChahuaApp } from '../../../typings/app';
import { addressesOf, picturesOf } from '../../format';
import { connect, whenLive } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';
import { isFound, memberItem, type MemberItem } from './members-view';

/** A list of a live room's thousands is of no use to anybody, and setData has its bounds. */
const MOST = 1000;

type PersonEvent = WechatMiniprogram.CustomEvent<object, object, { user: string }>;

Page({
  data: {
    t: words.members,
    members: [] as MemberItem[],
    query: '',
    /** File → address. */
    pictures: {},
    /** loading · more · done · full · failed */
    state: 'loading',
    /** What the foot says where it is not the same each time. */
    foot: '',
  },

  room: '',
  files: [] as string[],
  undos: [] as (() => void)[],

  onLoad(query: { room?: string }): Promise<void> {
    this.room = query.room ?? '';
    void wx.setNavigationBarTitle({ title: words.members.title });
    this.files = [];
    const { store } = getApp<ChahuaApp>();
    this.undos = [
      connect(this, store, ({ files }) => ({ pictures: addressesOf(files, this.files) })),
      whenLive(store, () => this.data.state === 'failed' && void this.load()),
    ];
    return this.load();
  },

  onUnload() {
    for (const undo of this.undos) undo();
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
        added[`members[${shown + index}]`] = {
          ...memberItem(member, me, Date.now()),
          isFound: isFound(member.user.name, this.data.query),
        };
      });
      this.files = [...this.files, ...picturesOf(members.map(({ user }) => user))];
      engine.look(this.files);
      const isFull = shown + members.length >= MOST;
      this.setData({
        ...added,
        pictures: addressesOf(store.state.files, this.files),
        state: !more ? 'done' : isFull ? 'full' : 'more',
        foot: isFull ? words.members.most(MOST) : '',
      });
    } catch (failure) {
      this.setData({ state: 'failed', foot: words.members.retry(failureWords(failure)) });
    }
  },

  /** Looks through those that were loaded, and loads the rest while somebody is looked for. */
  async onQuery(event: WechatMiniprogram.CustomEvent<{ text: string }>) {
    const query = event.detail.text.trim();
    this.setData({ query, ...this.found(query) });
    while (this.data.query !== '' && this.data.state === 'more') await this.load();
  },

  /** What changes of the marks. */
  found(query: string): Record<string, boolean> {
    const marks = this.data.members.map(
      ({ name }, index) => [`members[${index}].isFound`, isFound(name, query)] as const,
    );
    return Object.fromEntries(
      marks.filter(([, found], index) => found !== this.data.members[index]?.isFound),
    );
  },

  onPerson(event: PersonEvent) {
    const { user } = event.currentTarget.dataset;
    void wx.navigateTo({ url: `/pages/member/member?room=${this.room}&user=${user}` });
  },
});

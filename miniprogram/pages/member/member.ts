/**
 * One person: from a room with what they are there and what one may do about it, from elsewhere just who they are. The
 * contract has no question for one member, so the room's members are gone through until they are found.
 */
import type { ChahuaApp, Member } from '../../../typings/app';
import { isolate, pictureOf, picturesOf } from '../../format';
import { connect, whenLive } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';
import { memberActs, memberNotes, muteSpans, type ActItem, type ActName } from './member-view';

/** Pages of members: of a live room's thousands one is not worth more questions. */
const MOST_PAGES = 10;

Page({
  data: {
    t: words.member,
    user: '',
    name: '',
    avatar: '',
    isMe: false,
    notes: [] as string[],
    acts: [] as ActItem[],
    /** loading · done · failed */
    state: 'loading',
    problem: '',
    isOpening: false,
  },

  room: '',
  undos: [] as (() => void)[],
  member: undefined as Member | undefined,

  onLoad(query: { user?: string; room?: string }): Promise<void> {
    const { engine, store } = getApp<ChahuaApp>();
    const { session, people } = store.state;
    const user = query.user ?? '';
    this.room = query.room ?? '';
    void wx.setNavigationBarTitle({ title: words.member.title });
    this.setData({
      user,
      name: people[user]?.name ?? words.names.stranger,
      isMe: session.name === 'signed-in' && session.user.id === user,
    });
    engine.look(picturesOf([people[user]]));
    this.undos = [
      connect(this, store, (state) => ({ avatar: pictureOf(state.files, state.people[user]) })),
      whenLive(store, () => this.data.state === 'failed' && void this.load()),
    ];
    return this.load();
  },

  onUnload() {
    for (const undo of this.undos) undo();
  },

  onRetry(): Promise<void> {
    return this.load();
  },

  async load(): Promise<void> {
    const { engine, store } = getApp<ChahuaApp>();
    if (this.room === '' || store.state.rooms[this.room]?.kind === 'direct')
      return this.setData({ state: 'done' });
    this.setData({ state: 'loading' });
    try {
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { members, more } = await engine.members(this.room, after);
        this.member = members.find(({ user }) => user.id === this.data.user);
        after = members[members.length - 1]?.user.id;
        if (this.member || !more) break;
      }
      return this.show();
    } catch (failure) {
      return this.setData({ state: 'failed', problem: words.members.retry(failureWords(failure)) });
    }
  },

  show(): void {
    const { member } = this;
    const mine = getApp<ChahuaApp>().store.state.rooms[this.room]?.role ?? 'none';
    this.setData({
      state: 'done',
      ...(member && { name: member.user.name }),
      notes: member ? memberNotes(member, Date.now()) : [],
      acts: member && !this.data.isMe ? memberActs(member, mine, Date.now()) : [],
    });
  },

  async onChat(): Promise<void> {
    if (this.data.isOpening) return;
    this.setData({ isOpening: true });
    try {
      const room = await getApp<ChahuaApp>().engine.openDirect(this.data.user);
      // In place of this page: the stack of pages has ten places.
      void wx.redirectTo({ url: `/pages/chat/chat?room=${room}` });
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
    }
    this.setData({ isOpening: false });
  },

  async onAct(event: WechatMiniprogram.CustomEvent<object, object, { act: ActName }>): Promise<void> {
    const { engine } = getApp<ChahuaApp>();
    const { user } = this.data;
    switch (event.currentTarget.dataset.act) {
      case 'mute':
        return this.mute();
      case 'unmute':
        return this.carryOut(() => engine.manage(this.room, { action: 'unmute', user }));
      case 'promote':
        return this.carryOut(() => engine.manage(this.room, { action: 'role', user, role: 'admin' }));
      case 'demote':
        return this.carryOut(() => engine.manage(this.room, { action: 'role', user, role: 'member' }));
      case 'remove':
        return this.remove();
    }
  },

  async mute(): Promise<void> {
    const spans = muteSpans();
    const chosen = await wx.showActionSheet({ itemList: spans.map((span) => span.words) }).then(
      ({ tapIndex }) => spans[tapIndex],
      () => undefined,
    );
    if (!chosen) return;
    const { user } = this.data;
    const act = { action: 'mute', user, seconds: chosen.seconds } as const;
    await this.carryOut(() => getApp<ChahuaApp>().engine.manage(this.room, act));
  },

  async remove(): Promise<void> {
    const { user, name } = this.data;
    const { confirm } = await wx.showModal({
      title: words.member.removeTitle(isolate(name)),
      content: words.member.removeText,
      confirmText: words.confirm.yes,
      cancelText: words.confirm.no,
    });
    if (!confirm) return;
    await this.carryOut(
      () => getApp<ChahuaApp>().engine.manage(this.room, { action: 'remove', user }),
      'leave',
    );
  },

  /** @param then what follows a success: this person is looked at again, or is gone from the room */
  async carryOut(run: () => Promise<void>, then: 'stay' | 'leave' = 'stay') {
    try {
      await run();
    } catch (failure) {
      void wx.showToast({ title: failureWords(failure), icon: 'none' });
      return;
    }
    if (then === 'leave') void wx.navigateBack();
    else await this.load();
  },
});

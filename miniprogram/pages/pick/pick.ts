/**
 * Choosing people: for a new group, or to invite them into the room that is named in the query. Offers everybody one
 * has met, in a room's case but for who is in it already.
 */
import type { ChahuaApp, UserId } from '../../../typings/app';
import { picturesOf } from '../../format';
import { watch, type Watched } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords, roomNameProblem } from '../../words/sentences';
import { groupName, pickView, type PickItem, type PickView } from './pick-view';

/** Pages of members that are asked for, so as not to offer them. */
const MOST_PAGES = 5;

Page({
  data: {
    t: words.pick,
    isGroup: true,
    name: '',
    isSearch: false,
    sections: [] as PickView['sections'],
    chosen: [] as PickItem[],
    done: '',
    isBusy: false,
    problem: '',
  },

  room: '',
  name: '',
  query: '',
  chosen: [] as UserId[],
  members: new Set<UserId>(),
  list: undefined as Watched | undefined,

  onLoad(query: { room?: string }): Promise<void> | undefined {
    this.room = query.room ?? '';
    this.chosen = [];
    this.members = new Set();
    const isGroup = this.room === '';
    void wx.setNavigationBarTitle({ title: isGroup ? words.pick.groupTitle : words.pick.inviteTitle });
    this.setData({ isGroup });
    const { engine, store } = getApp<ChahuaApp>();
    this.list = watch(this, store, (state) => pickView(state, this));
    engine.look(picturesOf(Object.values(store.state.people)));
    return isGroup ? undefined : this.load();
  },

  onUnload() {
    this.list?.undo();
  },

  /** Where it fails somebody may be offered who is in it already; the server then says so. */
  async load() {
    const { engine } = getApp<ChahuaApp>();
    let after: string | undefined;
    try {
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { members, more } = await engine.members(this.room, after);
        for (const { user } of members) this.members.add(user.id);
        after = members[members.length - 1]?.user.id;
        if (!more) break;
      }
    } catch {
      // As written above.
    }
    this.list?.refresh();
  },

  onName(event: WechatMiniprogram.Input) {
    this.name = event.detail.value;
  },

  onQuery(event: WechatMiniprogram.CustomEvent<{ text: string }>) {
    this.query = event.detail.text;
    this.list?.refresh();
  },

  onPerson(event: WechatMiniprogram.CustomEvent<object, object, { user: string }>): void {
    const { user } = event.currentTarget.dataset;
    const { limits } = getApp<ChahuaApp>().store.state;
    const most = (limits?.members ?? Infinity) - 1 - this.members.size;
    if (this.chosen.includes(user)) this.chosen = this.chosen.filter((id) => id !== user);
    else if (this.chosen.length < most) this.chosen = [...this.chosen, user];
    else return this.setData({ problem: words.pick.tooMany(limits?.members ?? 0) });
    this.setData({ problem: '' });
    this.list?.refresh();
  },

  async onDone() {
    if (this.data.isBusy || this.chosen.length === 0) return;
    const problem = this.name.trim() === '' ? '' : roomNameProblem(this.name.trim());
    this.setData({ problem });
    if (problem !== '') return;
    this.setData({ isBusy: true });
    try {
      if (this.room === '') await this.create();
      else await this.invite();
    } catch (failure) {
      this.setData({ problem: failureWords(failure) });
    }
    this.setData({ isBusy: false });
  },

  async create() {
    const { engine, store } = getApp<ChahuaApp>();
    const name = this.name.trim() || groupName(store.state, this.chosen);
    const room = await engine.createGroup(name, this.chosen);
    void wx.redirectTo({ url: `/pages/chat/chat?room=${room}` });
  },

  async invite() {
    await getApp<ChahuaApp>().engine.manage(this.room, { action: 'invite', users: this.chosen });
    void wx.navigateBack();
  },
});

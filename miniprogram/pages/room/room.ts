/**
 * About one room: who is in it, what it is called, how it is kept, and one's own preferences. What one may not do is
 * not offered; the server has the last word. Members and pins are asked for here, and again when the room changes.
 */
import type { ChahuaApp, Pins } from '../../../typings/app';
import { addressesOf, picturesOf } from '../../format';
import { connect, whenLive } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords, roomNameProblem } from '../../words/sentences';
import { faceOf, pinOf, roomPageView, slowWords, SLOW_STEPS, type FaceItem, type PinItem } from './room-view';

type Engine = ChahuaApp['engine'];

/** On the page itself; all of them stand on a page of their own. */
const MOST_FACES = 19;

Page({
  data: {
    t: words.room,
    /** A switch takes no variable. */
    accent: '#2f7d5b',
    isGroup: false,
    name: '',
    allMembers: '',
    closed: false,
    muted: false,
    pinned: false,
    slow: '',
    mayInvite: false,
    mayRename: false,
    mayKeep: false,
    mayClose: false,
    faces: [] as FaceItem[],
    /** File → address. */
    pictures: {},
    /** loading · done · failed: the members. */
    state: 'loading',
    problem: '',
    pins: [] as PinItem[],
    /** '' · looking · more: there is more of the log to look through. */
    look: '',
    nameProblem: '',
    isRenamed: false,
  },

  room: '',
  files: [] as string[],
  found: null as Pins | null,
  /** Notices and members at the last look: a change of either asks for the members again. */
  seen: '',
  undos: [] as (() => void)[],

  onLoad(query: { room?: string }): Promise<void> {
    const { store } = getApp<ChahuaApp>();
    this.room = query.room ?? '';
    this.files = [];
    this.found = null;
    void wx.setNavigationBarTitle({ title: words.room.title });
    this.undos = [
      connect(this, store, (state) => ({
        ...roomPageView(state.rooms[this.room]),
        pictures: addressesOf(state.files, this.files),
      })),
      store.subscribe(() => this.follow()),
      whenLive(store, () => this.data.state === 'failed' && void this.load()),
    ];
    this.seen = this.stamp();
    return this.load();
  },

  onUnload() {
    for (const undo of this.undos) undo();
  },

  /** Who joined, left, or became something else was told by a notice, which is the last of the room's log then. */
  follow() {
    const stamp = this.stamp();
    if (stamp === this.seen) return;
    this.seen = stamp;
    void this.load();
  },

  stamp(): string {
    const room = getApp<ChahuaApp>().store.state.rooms[this.room];
    const notice = room?.last?.kind === 'sys' ? room.last.seq : 0;
    return `${room?.members ?? 0} ${room?.role ?? ''} ${notice}`;
  },

  onRetry(): Promise<void> {
    return this.load();
  },

  async load(): Promise<void> {
    this.setData({ state: 'loading' });
    try {
      const { engine, store } = getApp<ChahuaApp>();
      const members = (await engine.members(this.room)).members.slice(0, MOST_FACES);
      this.files = picturesOf(members.map(({ user }) => user));
      engine.look(this.files);
      const pictures = addressesOf(store.state.files, this.files);
      this.setData({ faces: members.map(faceOf), pictures, state: 'done' });
    } catch (failure) {
      this.setData({ state: 'failed', problem: words.members.retry(failureWords(failure)) });
    }
  },

  onPerson(event: WechatMiniprogram.CustomEvent<object, object, { user: string }>) {
    const { user } = event.currentTarget.dataset;
    void wx.navigateTo({ url: `/pages/member/member?room=${this.room}&user=${user}` });
  },

  onInvite() {
    void wx.navigateTo({ url: `/pages/pick/pick?room=${this.room}` });
  },

  onMembers() {
    void wx.navigateTo({ url: `/pages/members/members?room=${this.room}` });
  },

  onSearch() {
    void wx.navigateTo({ url: `/pages/search/search?room=${this.room}` });
  },

  onPins(): Promise<void> {
    this.found = getApp<ChahuaApp>().finder.pins(this.room);
    return this.onLook();
  },

  /** Further back than was looked before. */
  async onLook(): Promise<void> {
    const { found } = this;
    if (!found || this.data.look === 'looking') return;
    this.setData({ look: 'looking' });
    await found.look().catch((failure: unknown) => this.fail(failure));
    const { state } = getApp<ChahuaApp>().store;
    const { hits, hasMore } = found;
    this.setData({ pins: hits.map((hit) => pinOf(hit, state)), look: hasMore ? 'more' : '' });
    if (hits.length === 0 && !hasMore) void wx.showToast({ title: words.room.noPins, icon: 'none' });
  },

  onPin(event: WechatMiniprogram.CustomEvent<object, object, { seq: number }>) {
    const { seq } = event.currentTarget.dataset;
    void wx.navigateTo({ url: `/pages/chat/chat?room=${this.room}&at=${seq}` });
  },

  onName(event: WechatMiniprogram.Input) {
    const isRenamed = event.detail.value.trim() !== this.data.name;
    if (isRenamed !== this.data.isRenamed || this.data.nameProblem)
      this.setData({ isRenamed, nameProblem: '' });
  },

  async onRename(event: WechatMiniprogram.FormSubmit): Promise<void> {
    const name = String(event.detail.value['name'] ?? '').trim();
    const nameProblem = roomNameProblem(name);
    this.setData({ nameProblem });
    if (nameProblem !== '' || name === this.data.name) return;
    if (await this.carryOut((engine: Engine) => engine.manage(this.room, { action: 'rename', name }))) {
      this.setData({ isRenamed: false });
      void wx.showToast({ title: words.profile.saved, icon: 'success' });
    }
  },

  /** Where it is refused the switch goes back to what is true. */
  async onPreference(
    event: WechatMiniprogram.CustomEvent<{ value: boolean }, object, { name: 'muted' | 'pinned' }>,
  ) {
    const { name } = event.currentTarget.dataset;
    const { value } = event.detail;
    this.setData({ [name]: value });
    if (!(await this.carryOut((engine: Engine) => engine.prefer(this.room, { [name]: value }))))
      this.setData({ [name]: !value });
  },

  async onSlow(): Promise<void> {
    const chosen = await wx.showActionSheet({ itemList: SLOW_STEPS.map(slowWords) }).then(
      ({ tapIndex }) => SLOW_STEPS[tapIndex],
      () => undefined,
    );
    if (chosen === undefined) return;
    await this.carryOut((engine: Engine) => engine.manage(this.room, { action: 'slow', seconds: chosen }));
  },

  async onClose(): Promise<void> {
    const { closeTitle, closeText } = words.room;
    if (!(await this.confirm(closeTitle, closeText))) return;
    await this.carryOut((engine: Engine) => engine.manage(this.room, { action: 'close' }));
  },

  async onHideRoom(): Promise<void> {
    if (await this.carryOut((engine: Engine) => engine.prefer(this.room, { hidden: true }))) this.toRooms();
  },

  async onLeave(): Promise<void> {
    const { leaveTitle, leaveText, ownerLeaves } = words.room;
    const isOwner = getApp<ChahuaApp>().store.state.rooms[this.room]?.role === 'owner';
    if (!(await this.confirm(leaveTitle, isOwner ? `${leaveText}${ownerLeaves}` : leaveText))) return;
    if (await this.carryOut((engine: Engine) => engine.quit(this.room))) this.toRooms();
  },

  async carryOut(run: (engine: Engine) => Promise<void>): Promise<boolean> {
    try {
      await run(getApp<ChahuaApp>().engine);
      return true;
    } catch (failure) {
      this.fail(failure);
      return false;
    }
  },

  fail(failure: unknown): undefined {
    void wx.showToast({ title: failureWords(failure), icon: 'none' });
    return undefined;
  },

  async confirm(title: string, content: string): Promise<boolean> {
    const { yes, no } = words.confirm;
    return (await wx.showModal({ title, content, confirmText: yes, cancelText: no })).confirm;
  },

  toRooms() {
    void wx.switchTab({ url: '/pages/rooms/rooms' });
  },
});

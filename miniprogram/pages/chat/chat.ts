/**
 * One room's chat. Shows the tree through chat-view.ts and hands what a person does to the engine. Of its own it
 * keeps what belongs to this screen: the reader's place (place.ts) and what is being written (writing.ts). What is
 * seen counts as read only while the page is on screen and the end is in sight.
 */
import type { ChahuaApp, Row } from '../../../typings/app';
import { watch, type Watched } from '../../store/page-store';
import { words } from '../../words/language';
import { chatView, jumpFor, myId, wantedFiles, writingWords } from './chat-view';
import { act, copy, meet, react, say, told, type RowEvent } from './message-acts';
import { PeopleToCall, type PersonToCall } from './people-to-call';
import { Place } from './place';
import { lookFor, preview } from './pictures';
import { recentEmoji, used } from './recent-emoji';
import { offerOf, type RowAction } from './row-actions';
import { Writing, type Composer } from './writing';

type Detail<T extends object> = WechatMiniprogram.CustomEvent<T>;

Page({
  data: {
    bar: { text: '', tone: 'quiet', action: '', label: '' },
    hasMembers: false,
    isOpen: true,
    blocked: '',
    /** What the composer starts from. */
    draft: '',
    recent: [] as string[],
    /** Px by which keyboard or panel make the list shorter, and lines by which a long text does. */
    inset: 0,
    lines: 1,
    target: { key: '', turn: 0 },
    /** A way to the first unread message, or to one that calls this person; its seq is 0 where there is none. */
    jump: { seq: 0, text: '', label: '' },
    sheet: { key: '', actions: [] as object[], reactions: [] as object[] },
    picker: { isShown: false, isLoading: false, people: [] as PersonToCall[] },
  },

  room: '',
  /** Set anew in onLoad, as all below. */
  place: null as unknown as Place,
  writing: null as unknown as Writing,
  callable: null as unknown as PeopleToCall,
  view: null as unknown as Watched,
  /** One's own texts that were taken back here, by seq. */
  takenBack: new Map<number, string>(),
  /** What was told of a report already. */
  report: undefined as object | undefined,
  undo: () => {},
  tick: 0,
  title: '',
  isShown: false,

  onLoad(query: { room?: string; at?: string }): Promise<void> | void {
    const { store, engine } = getApp<ChahuaApp>();
    const room = query.room ?? '';
    const before = store.state.rooms[room];
    const unread = before?.unread ?? 0;
    this.room = room;
    this.report = store.state.report;
    this.takenBack = new Map();
    this.place = new Place(room);
    this.callable = new PeopleToCall(engine, room);
    this.writing = new Writing({
      room,
      composer: () => this.composer(),
      changed: () => this.view.refresh(),
      toEnd: () => this.onBottom(),
    });
    this.setData({ draft: this.writing.draft.text, recent: recentEmoji() });
    // Opened from a link by somebody who is not signed in, it says so, and has nothing to ask for.
    if (store.state.session.name === 'signed-in' || before) engine.enter(room);
    const { place, takenBack, writing } = this;
    this.view = watch(this, store, (state) => ({
      ...chatView(state, { room, now: Date.now(), unread, takenBack, place }),
      writing: writingWords(state, room, writing.draft),
      isEdit: writing.draft.edit !== undefined,
    }));
    this.undo = store.subscribe(() => this.follow());
    if (query.at) return this.goTo(Number(query.at));
    this.setData({ jump: jumpFor(place.rows, before) });
  },

  onShow() {
    this.isShown = true;
    this.view.show();
    this.follow();
  },

  onHide() {
    this.isShown = false;
    this.view.hide();
  },

  onUnload() {
    this.isShown = false;
    clearTimeout(this.tick);
    this.undo();
    this.view.undo();
    getApp<ChahuaApp>().engine.leave(this.room);
  },

  /** What cannot be said in wxml: the title, what was read, which pictures are wanted, and that time goes by. */
  follow() {
    const { state } = getApp<ChahuaApp>().store;
    const name = state.rooms[this.room]?.name ?? '';
    if (name !== this.title) {
      this.title = name;
      void wx.setNavigationBarTitle({ title: name });
    }
    this.markRead();
    lookFor(wantedFiles(state, this.room, this.place), this.room);
    if (state.report && state.report !== this.report && this.isShown) say(words.chat.reportDone);
    this.report = state.report;
    clearTimeout(this.tick);
    const isChecked = state.check === 'before' && this.place.rows.some((row) => row.state === 'sending');
    if (this.isShown && (this.data.blocked !== '' || isChecked))
      this.tick = setTimeout(() => this.slid(), 1_000);
  },

  markRead() {
    if (!this.isShown || !this.place.isAtEnd || !this.data.isOpen) return;
    const { store, engine } = getApp<ChahuaApp>();
    const room = store.state.rooms[this.room];
    const newest = this.place.rows.reduce((seq, row) => Math.max(seq, row.seq ?? 0), 0);
    if (room && newest > room.read) engine.read(this.room, newest);
  },

  onBar() {
    if (this.data.bar.action === 'sign-in') void wx.reLaunch({ url: '/pages/sign-in/sign-in' });
    else getApp<ChahuaApp>().engine.reconnect();
  },

  onAbout() {
    void wx.navigateTo({ url: `/pages/room/room?room=${this.room}` });
  },

  async onOlder() {
    const { seq } = this.data.jump;
    if (seq > 0 && this.place.isAtTop(seq)) this.setData({ 'jump.seq': 0 });
    await this.place.older();
    this.slid();
  },

  async onNewer() {
    await this.place.newer();
    this.slid();
  },

  onEnd(event: Detail<{ seen: boolean }>) {
    this.place.isAtEnd = event.detail.seen;
    this.slid();
  },

  onBottom() {
    this.place.toEnd();
    this.slid();
  },

  /** The rows on the page are others, or time has passed. */
  slid() {
    this.view.refresh();
    this.follow();
  },

  onJump(): Promise<void> {
    const { seq } = this.data.jump;
    this.setData({ 'jump.seq': 0 });
    return this.goTo(seq);
  },

  /** Shows the message and points it out. */
  goTo(seq: number): Promise<void> {
    const found = this.place.goTo(seq).then((row) => {
      if (!row) return say(words.chat.notFound);
      this.slid();
      this.setData({ target: { key: row.key, turn: this.data.target.turn + 1 } });
    });
    return told(found);
  },

  composer(): Composer {
    return this.selectComponent('.writer') as unknown as Composer;
  },

  onDraft(event: Detail<{ text: string }>) {
    this.writing.typed(event.detail.text);
  },

  onDrop() {
    this.writing.drop();
  },

  onSend(event: Detail<{ text: string }>): Promise<void> | void {
    return this.writing.send(event.detail.text);
  },

  onPicture(event: Detail<{ source: 'album' | 'camera' }>): Promise<void> {
    return this.writing.sendPictures(event.detail.source);
  },

  onEmoji(event: Detail<{ emoji: string }>) {
    used(event.detail.emoji);
  },

  onDock(event: Detail<{ height: number }>) {
    this.setData({ inset: event.detail.height });
  },

  onLines(event: Detail<{ lines: number }>) {
    this.setData({ lines: event.detail.lines });
  },

  /** The composer holds the keyboard while one writes message after message; a tap on the list lets it go. */
  onAway() {
    this.composer().rest();
  },

  async onMention() {
    const { state } = getApp<ChahuaApp>().store;
    const show = (isLoading: boolean): void => {
      const people = this.callable.list(state, myId(state));
      this.setData({ picker: { isShown: true, isLoading, people } });
    };
    show(this.callable.hasMore);
    await told(this.callable.load());
    if (this.data.picker.isShown) show(false);
  },

  onPick(event: Detail<{ id: string; name: string }>) {
    this.onPickerClose();
    this.writing.call(event.detail.id, event.detail.name, { isTyped: true });
  },

  onPickerClose() {
    this.setData({ 'picker.isShown': false });
  },

  onRow({ detail }: Detail<RowEvent>): Promise<void> | void {
    const row = this.place.find(detail.key);
    if (!row) return;
    switch (detail.what) {
      case 'hold':
      case 'retry':
        return this.offer(row);
      case 'again':
        return this.writing.again(this.takenBack.get(row.seq ?? 0) ?? '');
      case 'picture':
        return preview(row, this.place.rows);
      case 'quote':
        return this.goTo(detail.seq ?? 0);
      case 'link':
        return copy(detail.text ?? '');
      case 'react':
        return react(this.room, row, detail);
      case 'person':
        return meet(this.room, row.from);
      case 'call':
        return this.writing.callSender(row);
    }
  },

  offer(row: Row) {
    const sheet = offerOf(row, getApp<ChahuaApp>().store.state, this.room);
    if (sheet.actions.length === 0) return;
    // The keyboard, which lies over the page, would cover it.
    this.composer().rest();
    this.setData({ sheet: { key: row.key, ...sheet } });
  },

  onSheetClose() {
    this.setData({ 'sheet.key': '' });
  },

  /** The row is looked up again: it may have been sent, or recalled, while the sheet was open. */
  onSheetChoose({ detail }: Detail<{ action: RowAction }>): Promise<void> | void {
    const row = this.place.find(this.data.sheet.key);
    this.onSheetClose();
    if (!row) return;
    return act(detail.action, row, {
      room: this.room,
      reply: (seq) => this.writing.reply(seq),
      edit: (seq, text) => this.writing.edit(seq, text),
      tookBack: (seq, text) => {
        this.takenBack.set(seq, text);
        this.view.refresh();
      },
    });
  },

  onSheetReact({ detail }: Detail<{ emoji: string; on: boolean }>): Promise<void> | void {
    const row = this.place.find(this.data.sheet.key);
    this.onSheetClose();
    if (row) return react(this.room, row, detail);
  },
});

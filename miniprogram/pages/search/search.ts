/**
 * Looking for messages: in one room where the query names it, else in all. What is on the phone is found at once, as
 * one types; the server is asked when one pauses. Where it cannot be asked the page says that it shows less.
 */
import type { ChahuaApp, Hit } from '../../../typings/app';
import { addressesOf, isBlank, picturesOf } from '../../format';
import { connect, whenLive } from '../../store/page-store';
import { words } from '../../words/language';
import { failureWords } from '../../words/sentences';
import { hitGroups, type HitGroup } from './search-view';

const PAUSE_MS = 300;
/** A page may be empty although there is more: so many are asked for until one is not. */
const MOST_EMPTY = 5;

Page({
  data: {
    t: words.search,
    retry: words.failures.retry,
    hint: '',
    /** What stands above the hits; '' for nothing. */
    note: '',
    groups: [] as HitGroup[],
    /** File → address. */
    pictures: {},
    /** idle · searching · done · empty · failed */
    state: 'idle',
    problem: '',
    more: false,
  },

  room: '',
  query: '',
  hits: [] as Hit[],
  files: [] as string[],
  undos: [] as (() => void)[],
  timer: 0,
  /** Which search is the newest: the answer to an older one is nobody's. */
  turn: 0,
  /** The last question failed. */
  isCut: false,
  /** Where the next page goes on. */
  next: undefined as string | undefined,

  onLoad(query: { room?: string }) {
    this.room = query.room ?? '';
    const name = getApp<ChahuaApp>().store.state.rooms[this.room]?.name ?? '';
    void wx.setNavigationBarTitle({ title: words.search.title });
    this.files = [];
    const { store } = getApp<ChahuaApp>();
    this.undos = [
      connect(this, store, ({ files }) => ({ pictures: addressesOf(files, this.files) })),
      whenLive(store, () => this.isCut && void this.ask()),
    ];
    this.setData({ hint: name ? words.search.inRoom(name) : words.search.hint, note: words.search.start });
  },

  onUnload() {
    for (const undo of this.undos) undo();
    clearTimeout(this.timer);
    this.turn += 1;
  },

  onQuery(event: WechatMiniprogram.CustomEvent<{ text: string }>) {
    this.begin(event.detail.text);
    if (this.query !== '') this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
  },

  onSearch(event: WechatMiniprogram.CustomEvent<{ text: string }>): Promise<void> | undefined {
    this.begin(event.detail.text);
    return this.query === '' ? undefined : this.ask();
  },

  onRetry(): Promise<void> {
    return this.ask();
  },

  /** What the phone has, at once. */
  begin(text: string): void {
    clearTimeout(this.timer);
    this.turn += 1;
    this.isCut = false;
    this.query = isBlank(text) ? '' : text.trim();
    this.next = undefined;
    this.hits = this.query === '' ? [] : getApp<ChahuaApp>().finder.find(this.query, this.room || undefined);
    const state = this.query === '' ? 'idle' : 'searching';
    this.setData({ ...this.shown(), state, note: this.query === '' ? words.search.start : '', more: false });
  },

  /** A page of the server's: the first, or what follows the last. */
  async ask(): Promise<void> {
    const turn = (this.turn += 1);
    this.isCut = false;
    this.setData({ more: false, state: 'searching' });
    try {
      for (let page = 0; page < MOST_EMPTY; page += 1) {
        const found = await getApp<ChahuaApp>().finder.search(this.query, {
          ...(this.room !== '' && { room: this.room }),
          ...(this.next !== undefined && { next: this.next }),
        });
        if (turn !== this.turn) return;
        this.next = found.next;
        this.hits = [...this.hits, ...found.hits];
        if (found.hits.length > 0 || found.next === undefined) break;
      }
      const state = this.hits.length > 0 || this.next !== undefined ? 'done' : 'empty';
      this.setData({ ...this.shown(), state, note: '', more: this.next !== undefined });
    } catch (failure) {
      if (turn === this.turn) this.failed(failure);
    }
  },

  onMore(): Promise<void> {
    return this.ask();
  },

  failed(failure: unknown): void {
    this.isCut = true;
    const found = this.hits.length > 0;
    this.setData({
      state: found ? 'done' : 'failed',
      problem: failureWords(failure),
      note: found ? words.search.local : '',
      more: found && this.next !== undefined,
    });
  },

  shown(): { groups: HitGroup[]; pictures: Record<string, string> } {
    const { engine, store } = getApp<ChahuaApp>();
    this.files = picturesOf(this.hits.map(({ from }) => store.state.people[from]));
    engine.look(this.files);
    return {
      groups: hitGroups(this.hits, this.query, { state: store.state, now: Date.now() }),
      pictures: addressesOf(store.state.files, this.files),
    };
  },

  onHit(event: WechatMiniprogram.CustomEvent<object, object, { room: string; seq: number }>) {
    const { room, seq } = event.currentTarget.dataset;
    void wx.navigateTo({ url: `/pages/chat/chat?room=${room}&at=${seq}` });
  },
});

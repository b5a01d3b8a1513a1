/**
 * The messages of a chat in a scrolling list: keeps its reader's place (list-position.ts decides) and asks for
 * history when the reader comes near the top. Gets rows, gives events; never fetches and never sends.
 *
 * History is put above what is on screen, and must not move it. WeChat does that by itself where the list is
 * scrolled at all: `scroll-anchoring` on iOS, the browser's own overflow-anchor on Android; both are idle at
 * scrollTop 0. So history is asked for early (`upper-threshold`), and a reader who has reached the very top
 * when it arrives is held by `scroll-into-view`: not at the row that was the first, but at a mark as far above
 * it as the list's head and its time are high, which is where the list's edge was. A reversed layout (`column-reverse`)
 * would need neither, but a WeChat scroll-view scrolls a box inside itself that no style of ours can reverse.
 *
 * Events: `older`; `end` {seen} when the end comes into sight or leaves it; `hold` {key}, `retry` {key}.
 */
import { words } from '../../words/language';
import { ListPosition, type Move, type PositionedRow } from './list-position';

/** Beyond a component's data, which is for what is rendered. */
const positions = new WeakMap<object, ListPosition>();
const observers = new WeakMap<object, WechatMiniprogram.IntersectionObserver[]>();

/** Px from the end that still count as being there. */
const NEAR_END = 60;

type RowEvent = WechatMiniprogram.CustomEvent<object, object, { key: string }>;

Component({
  properties: {
    rows: { type: Array, value: [] as PositionedRow[] },
    /** unknown · loading · more · none · failed: what is above the first row. */
    older: String,
    /** Px by which the page has made the list shorter. */
    inset: Number,
  },

  data: {
    t: words.list,
    into: '',
    fresh: 0,
    /** What the jump button says. */
    jump: '',
  },

  observers: {
    rows(rows: PositionedRow[]) {
      this.move(this.position().changed(rows));
    },
    inset() {
      this.move(this.position().resized());
    },
  },

  lifetimes: {
    ready() {
      this.watch('#head', 0, (seen) => this.position().sawHead(seen));
      this.watch('#tail', NEAR_END, (seen) => {
        this.position().sawTail(seen);
        this.move({ name: 'stay' });
        this.triggerEvent('end', { seen });
      });
    },
    detached() {
      for (const observer of observers.get(this) ?? []) observer.disconnect();
      observers.delete(this);
    },
  },

  methods: {
    onScroll(event: WechatMiniprogram.ScrollViewScroll) {
      this.position().scrolled(event.detail.scrollTop);
    },

    onOlder() {
      this.triggerEvent('older');
    },

    onJump() {
      this.move(this.position().toEnd());
    },

    onHold(event: RowEvent) {
      this.triggerEvent('hold', { key: event.currentTarget.dataset.key });
    },

    onRetry(event: RowEvent) {
      this.triggerEvent('retry', { key: event.currentTarget.dataset.key });
    },

    move(move: Move) {
      const { fresh } = this.position();
      if (fresh !== this.data.fresh) this.setData({ fresh, jump: words.list.fresh(fresh) });
      // The platform scrolls only when the value changes: two marks stand at the end and take turns.
      if (move.name === 'end') this.setData({ into: this.data.into === 'end-a' ? 'end-b' : 'end-a' });
      if (move.name === 'keep') this.setData({ into: `above-${move.key}` });
    },

    position(): ListPosition {
      const known = positions.get(this);
      if (known) return known;
      const position = new ListPosition();
      positions.set(this, position);
      return position;
    },

    watch(mark: string, margin: number, report: (seen: boolean) => void) {
      const observer = wx.createIntersectionObserver(this, { thresholds: [0] });
      observer
        .relativeTo('#scroll', { top: 0, right: 0, bottom: margin, left: 0 })
        .observe(mark, ({ intersectionRatio }) => report(intersectionRatio > 0));
      observers.set(this, [...(observers.get(this) ?? []), observer]);
    },
  },
});

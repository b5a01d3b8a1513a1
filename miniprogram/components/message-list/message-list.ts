/**
 * The messages of a chat in a scrolling list: keeps its reader's place (list-position.ts decides) and asks for more
 * when the reader comes near an edge. Gets rows in parcels, gives events; never fetches and never sends.
 *
 * What is put above the screen, or taken away there, must not move it. WeChat does that by itself where the list is
 * scrolled at all: `scroll-anchoring` on iOS, the browser's own overflow-anchor on Android; both are idle at
 * scrollTop 0. So more is asked for early (`upper-threshold`), and a reader who has reached the very top when it
 * arrives is held by `scroll-into-view`: not at the row that was the first, but at a mark as far above it as the
 * list's head (and a time) are high, which is where the list's edge was. A reversed layout (`column-reverse`) would
 * need neither, but a WeChat scroll-view scrolls a box inside itself that no style of ours can reverse.
 *
 * Events: `older`, `newer` near an edge; `end` {seen} when the end comes into sight or leaves it; `bottom` when the
 * reader asks for the newest. What happens in a row bubbles through as the bubble's `row` event.
 */
import { words } from '../../words/language';
import { ListPosition, type Move, type PositionedRow } from './list-position';

/** Beyond a component's data, which is for what is rendered. */
const positions = new WeakMap<object, ListPosition>();
const observers = new WeakMap<object, WechatMiniprogram.IntersectionObserver[]>();

/** Px from the end that still count as being there. */
const NEAR_END = 60;

type Parcels = Record<string, PositionedRow[]>;

Component({
  properties: {
    /** The parcels, in order: {id, slot}. */
    order: { type: Array, value: [] as { id: string; slot: string }[] },
    /** Their rows, by slot. */
    parcels: { type: Object, value: {} },
    /** unknown · loading · more · none · failed: what is above the first row, and below the last. */
    older: String,
    newer: String,
    isEmpty: Boolean,
    /** The rows end with the newest. */
    isOpen: { type: Boolean, value: true },
    /** How many have come that are not seen yet. */
    fresh: Number,
    /** Anything that is another where the page has made the list shorter or longer. */
    space: String,
    /** A row to show and to point out: {key, turn}; another turn shows it again. */
    target: { type: Object, value: { key: '', turn: 0 } },
  },

  data: {
    into: '',
    isAway: false,
    jump: '',
    t: words.list,
    again: words.bubble.again,
  },

  observers: {
    'order, parcels, isOpen'(order: { slot: string }[], parcels: Parcels, isOpen: boolean) {
      const rows = order.flatMap(({ slot }) => parcels[slot] ?? []);
      this.move(this.position().changed(rows, isOpen));
    },
    target({ key, turn }: { key: string; turn: number }) {
      if (!key) return;
      this.position().jumped();
      // Two marks take turns: the platform scrolls only when the value changes.
      wx.nextTick(() => this.setData({ into: `target-${turn % 2}` }));
    },
    space() {
      this.move(this.position().resized());
    },
    fresh(fresh: number) {
      const jump = fresh > 0 ? words.listMarks.fresh(fresh) : '';
      if (jump !== this.data.jump) this.setData({ jump });
    },
  },

  lifetimes: {
    ready() {
      this.watch('#head', 0, (seen) => this.position().sawHead(seen));
      this.watch('#tail', NEAR_END, (seen) => {
        this.position().sawTail(seen);
        if (this.data.isAway === seen) this.setData({ isAway: !seen });
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

    onNewer() {
      this.triggerEvent('newer');
    },

    onJump() {
      this.triggerEvent('bottom');
      this.move(this.position().toEnd());
    },

    onAgain(event: WechatMiniprogram.CustomEvent<object, object, { key: string }>) {
      this.triggerEvent('row', { what: 'again', key: event.currentTarget.dataset.key });
    },

    move(move: Move) {
      if (move.name === 'end') this.setData({ into: this.data.into === 'end-a' ? 'end-b' : 'end-a' });
      if (move.name === 'keep')
        this.setData({ into: `${move.underDivider ? 'far' : 'near'}-above-${move.key}` });
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

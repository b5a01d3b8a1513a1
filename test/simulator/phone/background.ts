/**
 * What becomes of an app that is not on the screen (docs: platform.md §4): onHide, its JavaScript freezes after 5 s,
 * its sockets die after 8 s and tell nobody, after 30 minutes it is destroyed and the next start is a cold one.
 * Time can be skipped: what would have happened by then happens now. Owns this order and nothing of how it is done.
 */
import type { After } from './clock.ts';

export type Presence =
  | { name: 'shown' }
  /** `passedMs` since it was hidden. */
  | { name: 'hidden'; passedMs: number }
  | { name: 'destroyed' };

export interface BackgroundDeps {
  after: After;
  hide(): void;
  freeze(): void;
  dropSockets(): void;
  destroy(): void;
  /** Back on the screen, in the same life. */
  show(): void;
  /** Back after the end: start again, with nothing but storage. */
  restart(): void;
}

export const FREEZE_AFTER_MS = 5_000;
/** WeChat says 5–10 s. */
export const DROP_AFTER_MS = 8_000;
export const DESTROY_AFTER_MS = 30 * 60_000;

export class Background {
  readonly #deps: BackgroundDeps;
  readonly #fates: { atMs: number; befall: () => void }[];
  #presence: Presence = { name: 'shown' };
  #disarm: () => void = () => undefined;

  constructor(deps: BackgroundDeps) {
    this.#deps = deps;
    this.#fates = [
      { atMs: FREEZE_AFTER_MS, befall: () => deps.freeze() },
      { atMs: DROP_AFTER_MS, befall: () => deps.dropSockets() },
      { atMs: DESTROY_AFTER_MS, befall: () => this.#destroy() },
    ];
  }

  get presence(): Presence {
    return this.#presence;
  }

  leave(): void {
    if (this.#presence.name !== 'shown') return;
    this.#presence = { name: 'hidden', passedMs: 0 };
    this.#deps.hide();
    this.#wait();
  }

  /** So much time goes by in the background. */
  pass(ms: number): void {
    if (this.#presence.name !== 'hidden') return;
    const from = this.#presence.passedMs;
    this.#presence = { name: 'hidden', passedMs: from + ms };
    for (const { atMs, befall } of this.#fates) {
      if (from < atMs && atMs <= from + ms) befall();
    }
    this.#wait();
  }

  comeBack(): void {
    this.#disarm();
    const before = this.#presence.name;
    this.#presence = { name: 'shown' };
    if (before === 'hidden') this.#deps.show();
    if (before === 'destroyed') this.#deps.restart();
  }

  #destroy(): void {
    this.#presence = { name: 'destroyed' };
    this.#deps.destroy();
  }

  /** For the next thing that befalls it. */
  #wait(): void {
    this.#disarm();
    if (this.#presence.name !== 'hidden') return;
    const { passedMs } = this.#presence;
    const next = this.#fates.find(({ atMs }) => atMs > passedMs);
    if (!next) return;
    this.#disarm = this.#deps.after(next.atMs - passedMs, () => this.pass(next.atMs - passedMs));
  }
}

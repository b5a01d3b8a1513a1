/**
 * Owns what was begun in each room and not sent. Promises that it outlives the app: it is stored half a second after
 * the last change, and at once when the app is hidden. It is the person's, so it is no cache, which may be given up.
 */
import type { Clock, Undo } from '../net/clock';
import type { RoomId, UserId } from '../protocol/objects';
import type { Storage } from './storage';
import type { DraftView, View } from './view';

export interface DraftsPorts {
  me: UserId;
  view: View;
  storage: Storage;
  clock: Clock;
}

const KEY = 'drafts';
const WRITE_AFTER_MS = 500;
/** Those written in last. */
export const MOST_DRAFTS = 30;
/** In UTF-16 units: all drafts together stay below what a key may hold. A longer one is kept in memory alone. */
export const LONGEST_DRAFT = 8_000;

export class Drafts {
  readonly #ports: DraftsPorts;
  #timer: Undo | null = null;

  constructor(ports: DraftsPorts) {
    this.#ports = ports;
    const kept = ports.storage.read(KEY) as { me?: unknown; drafts?: unknown } | null;
    if (kept?.me !== ports.me || !Array.isArray(kept.drafts)) return;
    for (const [room, draft] of kept.drafts as [RoomId, DraftView][]) ports.view.put('drafts', room, draft);
  }

  /** An empty one takes the draft away. */
  keep(room: RoomId, draft: DraftView): void {
    const { view, clock } = this.#ports;
    if (isEmpty(draft) && !view.state.drafts[room]) return;
    view.remove('drafts', room);
    if (!isEmpty(draft)) view.put('drafts', room, draft);
    for (const oldest of Object.keys(view.state.drafts).slice(0, -MOST_DRAFTS)) view.remove('drafts', oldest);
    this.#timer?.();
    this.#timer = clock.after(WRITE_AFTER_MS, () => this.flush());
  }

  drop(room: RoomId): void {
    this.keep(room, { text: '' });
  }

  flush(): void {
    if (!this.#timer) return;
    this.#timer();
    this.#timer = null;
    const { me, view, storage } = this.#ports;
    const drafts = Object.entries(view.state.drafts).filter(([, { text }]) => text.length <= LONGEST_DRAFT);
    if (drafts.length > 0) storage.write(KEY, { me, drafts });
    else storage.remove(KEY);
  }

  clear(): void {
    this.#timer?.();
    this.#timer = null;
    this.#ports.storage.remove(KEY);
  }
}

function isEmpty({ text, reply, edit }: DraftView): boolean {
  return text === '' && reply === undefined && edit === undefined;
}

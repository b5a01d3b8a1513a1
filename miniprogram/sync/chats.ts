/**
 * Owns the chats that are open on the page stack, and shows each: what is held of its log, then what is unsent; or,
 * while its reader looks at a place further up that is not connected with what is held, that stretch alone.
 */
import type { Entry, RoomId, Seq } from '../protocol/objects';
import type { Logs } from './logs';
import type { Outbox } from './outbox';
import type { Timeline } from './timeline';
import type { ChatView, Row, View } from './view';

/** Pages that show the same chat, and what the view does not say. */
interface Open {
  pages: number;
  enteredAt: Seq;
  older: ChatView['older'];
  newer: ChatView['newer'];
  /** A stretch of the past. */
  visit: Timeline | null;
}

export class Chats {
  readonly #view: View;
  readonly #open = new Map<RoomId, Open>();

  constructor(view: View) {
    this.#view = view;
  }

  /** @param read one's read marker in the room */
  enter(room: RoomId, read: Seq): void {
    const open = this.#open.get(room);
    if (open) open.pages += 1;
    else this.#open.set(room, { pages: 1, enteredAt: read, older: 'unknown', newer: 'none', visit: null });
  }

  /** False while another page shows it still. */
  leave(room: RoomId): boolean {
    const open = this.#open.get(room);
    if (!open || --open.pages > 0) return false;
    this.#open.delete(room);
    this.#view.remove('chats', room);
    return true;
  }

  isOpen(room: RoomId): boolean {
    return this.#open.has(room);
  }

  older(room: RoomId, older: ChatView['older']): void {
    this.#tell(room, { older });
  }

  newer(room: RoomId, newer: ChatView['newer']): void {
    this.#tell(room, { newer });
  }

  visited(room: RoomId): Timeline | null {
    return this.#open.get(room)?.visit ?? null;
  }

  /** Null: back to what is held. */
  visit(room: RoomId, visit: Timeline | null): void {
    const open = this.#open.get(room);
    if (open) Object.assign(open, { visit, newer: visit ? 'more' : 'none' });
  }

  /** What has come in at the end of the log may tell of entries that are looked at. */
  hear(room: RoomId, entries: readonly Entry[]): void {
    this.visited(room)?.hear(entries);
  }

  /** Nobody looks any more. */
  clear(): void {
    this.#open.clear();
  }

  /** Shows the chat as it is now, if it is open. Gives its lines. */
  show(room: RoomId, logs: Logs, outbox: Outbox): readonly Row[] {
    const open = this.#open.get(room);
    if (!open) return [];
    const { older, newer, enteredAt, visit } = open;
    const rows = visit?.rows() ?? (logs.get(room)?.rows() ?? []).concat(outbox.rows(room));
    this.#view.put('chats', room, { rows, older, newer, enteredAt });
    return rows;
  }

  #tell(room: RoomId, change: Partial<Pick<ChatView, 'older' | 'newer'>>): void {
    const open = this.#open.get(room);
    if (!open) return;
    Object.assign(open, change);
    const shown = this.#view.state.chats[room];
    if (shown && (shown.older !== open.older || shown.newer !== open.newer))
      this.#view.put('chats', room, { ...shown, older: open.older, newer: open.newer });
  }
}

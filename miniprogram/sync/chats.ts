/** Owns the chats that are open on the page stack, and shows each: what is held of its log, then what is unsent. */
import type { RoomId, Seq } from '../protocol/objects';
import type { Logs } from './logs';
import type { Outbox } from './outbox';
import type { ChatView, Row, View } from './view';

/** Pages that show the same chat, and what the view does not say. */
interface Open {
  pages: number;
  enteredAt: Seq;
  older: ChatView['older'];
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
    else this.#open.set(room, { pages: 1, enteredAt: read, older: 'unknown' });
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
    const open = this.#open.get(room);
    const shown = this.#view.state.chats[room];
    if (!open || open.older === older) return;
    open.older = older;
    if (shown) this.#view.put('chats', room, { ...shown, older });
  }

  /** Shows the chat as it is now, if it is open. Gives its lines. */
  show(room: RoomId, logs: Logs, outbox: Outbox): Row[] {
    const open = this.#open.get(room);
    if (!open) return [];
    const rows = [...(logs.get(room)?.rows() ?? []), ...outbox.rows(room)];
    this.#view.put('chats', room, { rows, older: open.older, enteredAt: open.enteredAt });
    return rows;
  }
}

/**
 * Owns the read markers that the server has not confirmed. Promises that the furthest one of each room gets there,
 * across lost connections and restarts, and that scrolling through a chat does not send one for every line.
 */
import type { Clock, Undo } from '../net/clock';
import { isRetryable } from '../protocol/errors';
import type { RoomId, Seq } from '../protocol/objects';
import { codeOf } from './refusal';

export interface ReadsPorts {
  clock: Clock;
  send: (body: { room: RoomId; seq: Seq }) => Promise<unknown>;
  /** The server has it, so its own count is now of use. */
  confirmed: (room: RoomId) => void;
  /** What is unconfirmed has changed. */
  changed: () => void;
}

const GATHER_MS = 300;
const RETRY_MS = 5_000;

export class Reads {
  readonly #ports: ReadsPorts;
  readonly #unconfirmed: Map<RoomId, Seq>;
  #timer: Undo | null = null;
  #live = false;

  /** @param kept what `unconfirmed` gave when the app was last open */
  constructor(ports: ReadsPorts, kept: [RoomId, Seq][]) {
    this.#ports = ports;
    this.#unconfirmed = new Map(kept);
  }

  /** At most one for each room. */
  get unconfirmed(): [RoomId, Seq][] {
    return [...this.#unconfirmed];
  }

  get(room: RoomId): Seq {
    return this.#unconfirmed.get(room) ?? 0;
  }

  note(room: RoomId, seq: Seq): void {
    if (seq <= this.get(room)) return;
    this.#unconfirmed.set(room, seq);
    this.#ports.changed();
    if (this.#live) this.#timer ??= this.#ports.clock.after(GATHER_MS, () => this.#send());
  }

  drop(room: RoomId): void {
    this.#unconfirmed.delete(room);
  }

  start(): void {
    this.#live = true;
    this.#send();
  }

  stop(): void {
    this.#live = false;
    this.#timer?.();
    this.#timer = null;
  }

  #send(): void {
    this.#timer = null;
    for (const [room, seq] of this.#unconfirmed) {
      this.#ports.send({ room, seq }).then(
        () => this.#confirm(room, seq),
        (error: unknown) => this.#refused(room, codeOf(error)),
      );
    }
  }

  #refused(room: RoomId, code: string): void {
    if (code === 'OFFLINE') return; // It goes with the next connection.
    if (isRetryable(code)) this.#timer ??= this.#ports.clock.after(RETRY_MS, () => this.#send());
    else this.drop(room);
  }

  #confirm(room: RoomId, seq: Seq): void {
    if (this.#unconfirmed.get(room) !== seq) return;
    this.#unconfirmed.delete(room);
    this.#ports.changed();
    this.#ports.confirmed(room);
  }
}

/**
 * Slow mode: in a room with `slowSeconds` a member posts once in that time. Kept in memory by this node; it forgets
 * whoever may post again, so it holds only those who are waiting.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Cid, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { Clock, RoomRecord } from './ports.ts';

const MAX_WAITING = 100_000;

export class SlowMode {
  readonly #clock: Clock;
  /** `room user` → the post that counts and when the next is free, monotonic ms. In the order of posting. */
  readonly #posts = new Map<string, { cid: Cid; free: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets the post pass and starts the wait, or refuses. The same cid passes again: it is a resend. */
  take(room: RoomRecord, user: UserId, cid: Cid): void {
    const now = this.#clock.monotonic();
    const key = `${room.id} ${user}`;
    const last = this.#posts.get(key);
    if (last && last.free > now && last.cid !== cid) {
      throw new Refusal(
        ErrorCode.RATE_LIMITED,
        `this room is in slow mode: one message every ${room.slowSeconds} s`,
        Math.ceil(last.free - now),
      );
    }
    if (last?.cid === cid) return;
    this.#posts.delete(key);
    this.#posts.set(key, { cid, free: now + room.slowSeconds * 1000 });
    if (this.#posts.size > MAX_WAITING) this.#forget(now);
  }

  /** Drops who may post again; where everybody still waits, the one who has waited longest. */
  #forget(now: number): void {
    for (const [key, { free }] of this.#posts) if (free <= now) this.#posts.delete(key);
    const [oldest] = this.#posts.keys();
    if (this.#posts.size > MAX_WAITING && oldest !== undefined) this.#posts.delete(oldest);
  }
}

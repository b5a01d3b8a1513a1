/** Owns who is typing where: others until they stop or send, and how often one says it of oneself. */
import type { Clock, Undo } from '../net/clock';
import { TYPING_EVERY_MS } from '../protocol/limits';
import type { RoomId, UserId } from '../protocol/objects';

/** A little more than the pause between two pushes about somebody who goes on typing. */
const LASTS_MS = TYPING_EVERY_MS + 2_000;
/** Of one room; more are not shown. */
export const MAX_TYPING = 8;

export class Typing {
  readonly #clock: Clock;
  readonly #changed: (room: RoomId, users: UserId[]) => void;
  readonly #rooms = new Map<RoomId, Map<UserId, Undo>>();
  readonly #saidAt = new Map<RoomId, number>();

  constructor(clock: Clock, changed: (room: RoomId, users: UserId[]) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  heard(room: RoomId, user: UserId): void {
    const users = this.#rooms.get(room) ?? new Map<UserId, Undo>();
    const known = users.get(user);
    if (!known && users.size >= MAX_TYPING) return;
    known?.();
    users.set(
      user,
      this.#clock.after(LASTS_MS, () => this.over(room, user)),
    );
    this.#rooms.set(room, users);
    if (!known) this.#changed(room, [...users.keys()]);
  }

  /** Has sent what was being typed, or gave it up. */
  over(room: RoomId, user: UserId): void {
    const users = this.#rooms.get(room);
    const undo = users?.get(user);
    if (!users || !undo) return;
    undo();
    users.delete(user);
    if (users.size === 0) this.#rooms.delete(room);
    this.#changed(room, [...users.keys()]);
  }

  /** Without a connection nobody is known to type. */
  clear(): void {
    for (const users of this.#rooms.values()) users.forEach((undo) => undo());
    this.#rooms.clear();
    this.#saidAt.clear();
  }

  /** Whether it is time to say of oneself that one is typing; if so, it is taken as said. */
  mayTell(room: RoomId): boolean {
    const now = this.#clock.monotonic();
    if (now - (this.#saidAt.get(room) ?? -Infinity) < TYPING_EVERY_MS) return false;
    this.#saidAt.set(room, now);
    return true;
  }
}

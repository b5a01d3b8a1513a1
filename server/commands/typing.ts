/** `room.typing`: told to the room at most once per user and 3 s, whatever the client sends. */
import { TYPING_EVERY_MS } from '../../miniprogram/protocol/limits.ts';
import type { Actor } from '../domain/messages.ts';
import type { Clock } from '../domain/ports.ts';
import type { Rooms } from '../domain/rooms.ts';

const MAX_REMEMBERED = 10_000;

export function createTyping(rooms: Pick<Rooms, 'typing'>, clock: Clock): (actor: Actor) => Promise<never> {
  /** `room user` → when it was told last, monotonic ms; oldest first. */
  const told = new Map<string, number>();

  return (actor) => {
    const key = `${actor.room.id} ${actor.user}`;
    const now = clock.monotonic();
    for (const [old, at] of told) {
      if (now - at < TYPING_EVERY_MS && told.size < MAX_REMEMBERED) break;
      told.delete(old);
    }
    if (!told.has(key)) {
      told.set(key, now);
      rooms.typing(actor);
    }
    // It has no reply: dispatch sends none for a request without an id.
    return Promise.resolve(undefined as never);
  };
}

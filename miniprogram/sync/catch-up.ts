/**
 * Pure: what to do about each room after a hello. The server sends the missing entries of a room whose cursor it was
 * told, unless they are too many (`behind`) or the cursor means nothing to it (`reset`).
 */
import type { HelloReply } from '../protocol/frames';
import type { RoomId, RoomSummary, Seq } from '../protocol/objects';

/** What is held of a room when the hello goes out. */
export interface Held {
  /** The last seq held. */
  cursor: Seq;
  /** A person has the chat open. */
  open: boolean;
}

export type Plan =
  /** Keep what is held; what follows is on its way. */
  | 'keep'
  /** Keep what is held and page through what is missing. */
  | 'page'
  /** Drop what is held and go on after the head; history is loaded when somebody looks. */
  | 'drop';

/** More than this is not paged through, even for a reader: the newest page is what one wants to see then. */
export const MOST_PAGED = 10_000;

export interface CatchUp {
  plans: Map<RoomId, Plan>;
  /** Held, but no longer one's own. */
  gone: RoomId[];
}

/** @param epoch the life of the store that the cursors belong to */
export function planCatchUp(
  reply: Pick<HelloReply, 'epoch' | 'rooms'>,
  held: ReadonlyMap<RoomId, Held>,
  epoch: string | null,
): CatchUp {
  const plans = new Map(
    reply.rooms.map((room) => [room.id, plan(room, held.get(room.id), reply.epoch === epoch)]),
  );
  const gone = [...held.keys()].filter((room) => !plans.has(room));
  return { plans, gone };
}

function plan(room: RoomSummary, held: Held | undefined, sameEpoch: boolean): Plan {
  if (!held || !sameEpoch || room.reset || held.cursor > room.head) return 'drop';
  if (!room.behind) return 'keep';
  return held.open && room.head - held.cursor <= MOST_PAGED ? 'page' : 'drop';
}

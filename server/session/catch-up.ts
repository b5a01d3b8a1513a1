/** PURE. From what a client says it holds of its rooms and what the store has: what each room's summary tells it. */
import { CATCH_UP_ENTRIES } from '../../miniprogram/protocol/limits.ts';
import type { RoomSummary, Seq } from '../../miniprogram/protocol/objects.ts';

export interface Held {
  epoch?: string;
  cursors?: Record<string, number>;
}

export interface CatchUp {
  summary: RoomSummary;
  /** The socket is sent every entry after this one. */
  from: Seq;
}

export function catchUp(summary: RoomSummary, held: Held, epoch: string): CatchUp {
  const { head } = summary;
  const cursors = held.cursors ?? {};
  const cursor = Object.hasOwn(cursors, summary.id) ? cursors[summary.id] : undefined;
  if (cursor === undefined) return { summary, from: head };
  const isOfAnotherLife = held.epoch !== undefined && held.epoch !== epoch;
  // What comes after the cursor is not kept any more: what is held would have a hole for ever.
  const isForgotten = cursor + 1 < (summary.begins ?? 1);
  if (isOfAnotherLife || isForgotten || cursor > head || cursor < 0)
    return { summary: { ...summary, reset: true }, from: head };
  if (head - cursor > CATCH_UP_ENTRIES) return { summary: { ...summary, behind: true }, from: head };
  return { summary, from: cursor };
}

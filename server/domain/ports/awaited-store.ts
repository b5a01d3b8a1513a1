/** Texts that were stored before they were judged, until their verdict is there: a server that dies leaves them here. */
import type { RoomId, Seq, Timestamp } from '../../../miniprogram/protocol/objects.ts';

/** An entry, and when a judge was last about to be asked about its text. */
export interface AwaitedText {
  room: RoomId;
  seq: Seq;
  asked: Timestamp;
}

export interface AwaitedStore {
  /** From now on its verdict is awaited; of one that is already, `asked` moves. */
  awaitText(text: AwaitedText): Promise<void>;
  /** It was judged, or need not be. */
  settleText(room: RoomId, seq: Seq): Promise<void>;
  /** Those last asked about before then, the oldest first. */
  overdueTexts(before: Timestamp, limit: number): Promise<AwaitedText[]>;
  /** Moves `asked` to `now`; false where another node did, or the verdict came, since `text` was read. */
  takeText(text: AwaitedText, now: Timestamp): Promise<boolean>;
}

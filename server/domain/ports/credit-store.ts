/** How often a person may still be told something outside the app: each consent pays for one notice. */
import type { RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';

export type Spending =
  | 'spent'
  /** There was no credit. */
  | 'none'
  /** The person was told of this room less than `everyMs` ago; nothing was spent. */
  | 'lately';

export interface CreditStore {
  /** One more, but never more than `most`. */
  addCredit(user: UserId, template: string, most: number): Promise<void>;
  /** Those of which there are some. */
  credits(user: UserId): Promise<{ template: string; n: number }[]>;
  /** Atomic: of two who would spend the same last credit, or tell of the same room at once, one does. */
  spendCredit(spending: {
    user: UserId;
    template: string;
    room: RoomId;
    now: Timestamp;
    everyMs: number;
  }): Promise<Spending>;
  /** There is none, whatever was counted. */
  dropCredits(user: UserId, template: string): Promise<void>;
}

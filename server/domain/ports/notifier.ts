/** Who tells people something while they are not in the app. */
import type { EntryKind, RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';

/** A message in a direct room; one that mentions the person. */
export type NoticeKind = 'direct' | 'mention';

export interface Notice {
  kind: NoticeKind;
  user: UserId;
  room: RoomId;
  /** Names as people see them. */
  roomName: string;
  from: string;
  /** Of a text; empty for anything else. */
  text: string;
  content: EntryKind;
  ts: Timestamp;
}

export interface Notifier {
  /** By kind the template that a person must have accepted; a kind without one is never told of. */
  readonly templates: Readonly<Partial<Record<NoticeKind, string>>>;
  /**
   * Never rejects. `sent`, perhaps (no answer came); `refused`: the person has no credit left, whatever was counted;
   * `unsent`: it certainly was not sent, and the credit is still there.
   */
  notify(notice: Notice): Promise<'sent' | 'refused' | 'unsent'>;
}

/** What moderators and operators did and looked at: written once, changed by nobody. */
import type { RoomId, Timestamp } from '../../../miniprogram/protocol/objects.ts';

export interface AuditRecord {
  ts: Timestamp;
  /** Who acted: the subject of their token. */
  actor: string;
  /** `noun.verb`, such as `user.mute`. A look at people's messages is one as well. */
  act: string;
  /** What it was done to: a user, a room, `room/seq`, a report, a word, a key. */
  target: string;
  /** The room where it was done; empty where it concerns the whole server. */
  room: RoomId | '';
  reason: string;
  /** What was true before and after, as JSON; null where there was nothing, or nothing changed. */
  before: unknown;
  after: unknown;
}

/** `id`: opaque, and ascending in the order of writing. */
export interface Audited extends AuditRecord {
  id: string;
}

export interface AuditQuery {
  actor?: string;
  /** Records whose target or room is this. */
  target?: string;
  /** Records of that moment and later. */
  since?: Timestamp;
  /** Those written after this record, oldest first; without it the newest, newest first … */
  after?: string;
  /** … and of these those written before this record. */
  before?: string;
  /** Whether looks (`message.list` and the like: the acts named here) are left out. */
  without?: string[];
  limit: number;
}

export interface AuditStore {
  /** For what stores nothing else. An act that does is written together with its record, by its own method. */
  audit(record: AuditRecord): Promise<void>;
  audits(query: AuditQuery): Promise<{ records: Audited[]; more: boolean }>;
}

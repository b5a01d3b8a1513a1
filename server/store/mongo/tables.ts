/** The documents of everything that is no log: files, what moderators keep, what nodes share. */
import type { Collection } from 'mongodb';
import type { FileId, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { FileState, SanctionKind, WordAction } from '../../domain/ports.ts';

export interface FileDoc {
  _id: FileId;
  owner: UserId;
  created: Timestamp;
  /** Null while somebody uses it. */
  expires: Timestamp | null;
  /** Absent until its bytes are there, as are the others. */
  size?: number;
  mime?: string;
  w?: number;
  h?: number;
}

/** That an entry carries a file, or that it is somebody's avatar (`room` empty). */
export interface FileUseDoc {
  _id: string;
  file: FileId;
  room: RoomId | '';
}

export interface FileCheckDoc {
  _id: FileId;
  trace: string;
  state: FileState;
  asked: Timestamp;
}

export interface CheckedUseDoc {
  _id: string;
  file: FileId;
  room: RoomId;
  seq: Seq;
}

/** `_id`: that of the entry. */
export interface AwaitedTextDoc {
  _id: string;
  room: RoomId;
  seq: Seq;
  asked: Timestamp;
}

/** `_id`: user, kind and room. One that was lifted has its end in the past, so that nodes find out. */
export interface SanctionDoc {
  _id: string;
  user: UserId;
  kind: SanctionKind;
  room: RoomId | '';
  until: Timestamp;
  reason: string;
  by: string;
  since: Timestamp;
  changed: Timestamp;
}

/** `_id`: ascending in the order of writing. */
export interface AuditDoc {
  _id: string;
  ts: Timestamp;
  actor: string;
  act: string;
  target: string;
  room: RoomId | '';
  reason: string;
  /** JSON, as is `after`. */
  before: string;
  after: string;
}

export interface ReportDoc {
  _id: string;
  /** Room, target and reporter: unique. */
  key: string;
  room: RoomId;
  target: Seq;
  against: UserId | '';
  reporter: UserId | '';
  reason: string;
  note: string;
  ts: Timestamp;
  /** JSON, as is `resolved`. */
  context: string;
  resolved?: string;
  open: boolean;
  told: boolean;
  order: number;
}

export interface WordDoc {
  _id: string;
  action: WordAction;
  by: string;
  ts: Timestamp;
}

export interface ApiKeyDoc {
  _id: string;
  hash: string;
  name: string;
  user: UserId;
  rooms: RoomId[];
  by: string;
  ts: Timestamp;
  revoked: Timestamp | null;
  order: number;
}

export interface SharedDoc {
  _id: string;
  value: string;
  expires: Timestamp;
}

export interface LeaseDoc {
  _id: string;
  holder: string;
  until: Timestamp;
}

export interface AllowanceDoc {
  _id: string;
  name: string;
  ends: Timestamp;
  taken: number;
}

export interface CreditDoc {
  _id: string;
  user: UserId;
  template: string;
  n: number;
}

/** When a person was last told of a room. */
export interface NoticeDoc {
  _id: string;
  user: UserId;
  at: Timestamp;
}

/** A server that works on this database: while it does, `beats` goes up. */
export interface NodeDoc {
  _id: string;
  beats: number;
}

export interface Tables {
  nodes: Collection<NodeDoc>;
  files: Collection<FileDoc>;
  fileUses: Collection<FileUseDoc>;
  fileChecks: Collection<FileCheckDoc>;
  checkedUses: Collection<CheckedUseDoc>;
  awaitedTexts: Collection<AwaitedTextDoc>;
  sanctions: Collection<SanctionDoc>;
  audits: Collection<AuditDoc>;
  reports: Collection<ReportDoc>;
  words: Collection<WordDoc>;
  apiKeys: Collection<ApiKeyDoc>;
  shared: Collection<SharedDoc>;
  leases: Collection<LeaseDoc>;
  allowances: Collection<AllowanceDoc>;
  credits: Collection<CreditDoc>;
  notices: Collection<NoticeDoc>;
}

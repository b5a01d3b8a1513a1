/**
 * What the domain needs from outside, in its own words. Adapters live in store/ and bus/; each port has one contract
 * suite under test/ that every adapter passes. Methods reject with Refusal('UNAVAILABLE') while the thing behind
 * them is out of reach; nothing is half done then, but an append that was under way may have been stored: the
 * sender's resend with the same cid finds out.
 */
import type { AuditStore } from './ports/audit-store.ts';
import type { AwaitedStore } from './ports/awaited-store.ts';
import type { DirectoryStore } from './ports/directory-store.ts';
import type { KeyStore } from './ports/key-store.ts';
import type { CreditStore } from './ports/credit-store.ts';
import type { FileCheckStore } from './ports/file-check-store.ts';
import type { FileStore } from './ports/file-store.ts';
import type { LogStore } from './ports/log-store.ts';
import type { LoginStore } from './ports/login-store.ts';
import type { ReportStore } from './ports/report-store.ts';
import type { RoomStore } from './ports/room-store.ts';
import type { SanctionStore } from './ports/sanction-store.ts';
import type { SearchStore } from './ports/search-store.ts';
import type { SharedStore } from './ports/shared-store.ts';
import type { UserStore } from './ports/user-store.ts';
import type { WordStore } from './ports/word-store.ts';

export type * from './ports/audit-store.ts';
export type * from './ports/awaited-store.ts';
export type * from './ports/blob-store.ts';
export type * from './ports/bus.ts';
export type * from './ports/clock.ts';
export type * from './ports/directory-store.ts';
export type * from './ports/credit-store.ts';
export type * from './ports/file-check-store.ts';
export type * from './ports/file-store.ts';
export type * from './ports/inspector.ts';
export type * from './ports/key-store.ts';
export type * from './ports/log-store.ts';
export type * from './ports/login-store.ts';
export type * from './ports/notifier.ts';
export type * from './ports/report-store.ts';
export type * from './ports/room-store.ts';
export type * from './ports/sanction-store.ts';
export type * from './ports/search-store.ts';
export type * from './ports/shared-store.ts';
export type * from './ports/user-store.ts';
export type * from './ports/word-store.ts';

/** What the moderators' tools keep. */
export interface ModerationStore
  extends SanctionStore, AuditStore, ReportStore, WordStore, KeyStore, DirectoryStore {}

/** What nodes share about WeChat and its like. */
export interface OutsideStore extends SharedStore, CreditStore, FileCheckStore, AwaitedStore {}

export interface Store
  extends LogStore, SearchStore, FileStore, RoomStore, UserStore, LoginStore, ModerationStore, OutsideStore {
  /** Names the life of the store; changes when an operator restores a backup. */
  readonly epoch: string;
  /** Rejects where the store cannot serve. */
  ping(): Promise<void>;
  /** Finishes what is under way, then closes. */
  close(): Promise<void>;
}

/** Logins: families of refresh tokens. */
import type { Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord } from './audit-store.ts';

/** A login is a family of refresh tokens; the store knows them by hash alone. */
export interface Login {
  sid: string;
  user: UserId;
  expires: Timestamp;
}

export type Rotation =
  /** `hash` was the current one; `next` is now. */
  | { outcome: 'rotated'; login: Login }
  /** `hash` was replaced at most `graceMs` ago: what `sealed` then was. */
  | { outcome: 'repeated'; login: Login; sealed: string }
  /** Replaced longer ago, so somebody holds a stolen token: the login is now revoked. */
  | { outcome: 'reused'; login: Login }
  | { outcome: 'unknown' };

export interface LoginStore {
  openLogin(login: Login, hash: string): Promise<void>;
  /** Atomic: of two calls with the same `hash` one rotates, the other is told `repeated`. Expired: `unknown`. */
  rotate(turn: {
    hash: string;
    next: string;
    sealed: string;
    now: Timestamp;
    graceMs: number;
    expires: Timestamp;
  }): Promise<Rotation>;
  /** Null where it was never opened, was revoked or has expired. */
  login(sid: string, now: Timestamp): Promise<Login | null>;
  /** Those of these logins that `login` would find, in no order. */
  alive(sids: string[], now: Timestamp): Promise<string[]>;
  /** The login that this token, current or replaced, belongs to. */
  loginOf(hash: string): Promise<Login | null>;
  revoke(sid: string): Promise<void>;
  /** All logins of a user; with the record of who did it. @returns how many */
  revokeAll(user: UserId, audit: AuditRecord): Promise<number>;
}

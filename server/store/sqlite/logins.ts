/**
 * Logins and their refresh tokens, by hash alone. A token that was replaced is remembered until the day it would
 * have expired, because its return is how a theft is noticed; after that it opens nothing anyway. What has expired
 * is swept away a little with every login and every rotation.
 */
import type { Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord, Login, LoginStore, Rotation } from '../../domain/ports.ts';
import { createAuditInsert } from './audit.ts';
import type { Database } from './database.ts';

export function createLoginReads(db: Database) {
  const bySid = db.query<Login>('SELECT sid, user, expires FROM logins WHERE sid = ? AND expires > ?');
  const byHash = db.query<Login>(`
    SELECT l.sid, l.user, l.expires FROM refresh_tokens t JOIN logins l ON l.sid = t.sid WHERE t.hash = ?`);

  return {
    login: (sid: string, now: Timestamp): Login | null => bySid.get(sid, now) ?? null,
    alive: (sids: string[], now: Timestamp): string[] => sids.filter((sid) => bySid.get(sid, now)),
    loginOf: (hash: string): Login | null => byHash.get(hash) ?? null,
  };
}

export function createLoginWrites(db: Database) {
  const insert = db.query('INSERT INTO logins (sid, user, expires) VALUES (?, ?, ?)');
  const addToken = db.query('INSERT INTO refresh_tokens (hash, sid, expires) VALUES (?, ?, ?)');
  const token = db.query<Login & { replaced: Timestamp | null; sealed: string | null }>(`
    SELECT l.sid, l.user, l.expires, t.replaced, t.sealed FROM refresh_tokens t JOIN logins l ON l.sid = t.sid
    WHERE t.hash = ?`);
  const replace = db.query('UPDATE refresh_tokens SET replaced = ?, sealed = ? WHERE hash = ?');
  const extend = db.query('UPDATE logins SET expires = ? WHERE sid = ?');
  const audit = createAuditInsert(db);
  const dropLogins = db.query('DELETE FROM logins WHERE user = ?');
  const dropLogin = db.query('DELETE FROM logins WHERE sid = ?');
  const sweepLogins = db.query(
    'DELETE FROM logins WHERE sid IN (SELECT sid FROM logins WHERE expires <= ? LIMIT 20)',
  );
  const sweepTokens = db.query(
    'DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE expires <= ? LIMIT 20)',
  );

  function sweep(now: Timestamp): void {
    sweepLogins.run(now);
    sweepTokens.run(now);
  }

  /** Tokens without a login open nothing; the sweep finds them in time. */
  function revoke(sid: string): void {
    dropLogin.run(sid);
  }

  return {
    openLogin({ sid, user, expires }: Login, hash: string, now: Timestamp): void {
      sweep(now);
      insert.run(sid, user, expires);
      addToken.run(hash, sid, expires);
    },

    rotate({ hash, next, sealed, now, graceMs, expires }: Parameters<LoginStore['rotate']>[0]): Rotation {
      const found = token.get(hash);
      if (!found || found.expires <= now) return { outcome: 'unknown' };
      const { sid, user, replaced } = found;
      if (replaced === null) {
        sweep(now);
        replace.run(now, sealed, hash);
        addToken.run(next, sid, expires);
        extend.run(expires, sid);
        return { outcome: 'rotated', login: { sid, user, expires } };
      }
      const login = { sid, user, expires: found.expires };
      if (now - replaced <= graceMs) return { outcome: 'repeated', login, sealed: found.sealed ?? '' };
      revoke(sid);
      return { outcome: 'reused', login };
    },

    revoke,

    revokeAll(user: UserId, record: AuditRecord): number {
      audit(record);
      return dropLogins.run(user);
    },
  };
}

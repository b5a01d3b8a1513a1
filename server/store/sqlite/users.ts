/** People: their profile, by what they are known outside, when they were last seen. */
import type { Timestamp, User, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Identity } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { createFileUses } from './files.ts';

export interface UserRow {
  id: UserId;
  name: string;
  avatar: string | null;
}

export const toUser = ({ id, name, avatar }: UserRow): User =>
  avatar === null ? { id, name } : { id, name, avatar };

const createFind = (db: Database) => db.query<UserRow>('SELECT id, name, avatar FROM users WHERE id = ?');

export function createUserReads(db: Database) {
  const find = createFind(db);
  const openid = db.query<{ subject: string }>(
    `SELECT subject FROM identities WHERE user = ? AND kind = 'openid'`,
  );
  const waiting = db.query<{ found: 1 }>('SELECT 1 AS found FROM users WHERE id = ? AND welcomed = 0');
  const seen = db.query<{ user: UserId; seen: Timestamp }>(
    'SELECT id AS user, seen FROM users WHERE id = ? AND seen IS NOT NULL',
  );

  return {
    user(id: UserId): User | null {
      const row = find.get(id);
      return row ? toUser(row) : null;
    },
    welcomed: (id: UserId): boolean => waiting.get(id) === undefined,
    users: (ids: UserId[]): User[] => ids.flatMap((id) => find.all(id).map(toUser)),
    openidOf: (id: UserId): string | null => openid.get(id)?.subject ?? null,
    lastSeen: (ids: UserId[]): { user: UserId; seen: Timestamp }[] => ids.flatMap((id) => seen.all(id)),
  };
}

export function createUserWrites(db: Database) {
  const find = createFind(db);
  const byIdentity = db.query<UserRow>(`
    SELECT u.id, u.name, u.avatar FROM identities i JOIN users u ON u.id = i.user
    WHERE i.kind = ? AND i.subject = ?`);
  const insert = db.query('INSERT INTO users (id, name, avatar) VALUES (?, ?, ?)');
  const identify = db.query('INSERT INTO identities (kind, subject, user, unionid) VALUES (?, ?, ?, ?)');
  const learnUnionid = db.query(`
    UPDATE identities SET unionid = ?1 WHERE kind = ?2 AND subject = ?3 AND unionid IS NOT ?1`);
  const change = db.query('UPDATE users SET name = ?, avatar = ? WHERE id = ?');
  const files = createFileUses(db);
  const markSeen = db.query('UPDATE users SET seen = ? WHERE id = ?');
  const welcome = db.query('UPDATE users SET welcomed = 1 WHERE id = ? AND welcomed = 0');

  return {
    userOf(identity: Identity, fresh: User): { user: User; created: boolean } {
      const { kind, subject, unionid } = named(identity);
      const known = byIdentity.get(kind, subject);
      if (known) {
        // WeChat tells it only to an app that was bound to an open platform, perhaps later.
        if (unionid !== null) learnUnionid.run(unionid, kind, subject);
        return { user: toUser(known), created: false };
      }
      insert.run(fresh.id, fresh.name, fresh.avatar ?? null);
      identify.run(kind, subject, fresh.id, unionid);
      return { user: fresh, created: true };
    },

    /** An empty avatar takes the picture away. */
    changeUser(id: UserId, fields: { name?: string; avatar?: string }): User | null {
      const row = find.get(id);
      if (!row) return null;
      const name = fields.name ?? row.name;
      const avatar = (fields.avatar ?? row.avatar) || null;
      change.run(name, avatar, id);
      files.exchange(row.avatar, avatar);
      return toUser({ id, name, avatar });
    },

    markSeen(id: UserId, seen: Timestamp): void {
      markSeen.run(seen, id);
    },

    welcome: (id: UserId): boolean => welcome.run(id) > 0,
  };
}

function named(identity: Identity): {
  kind: 'dev' | 'bot' | 'openid';
  subject: string;
  unionid: string | null;
} {
  if ('dev' in identity) return { kind: 'dev', subject: identity.dev, unionid: null };
  if ('bot' in identity) return { kind: 'bot', subject: identity.bot, unionid: null };
  return { kind: 'openid', subject: identity.openid, unionid: identity.unionid ?? null };
}

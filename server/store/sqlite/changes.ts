/**
 * What an entry does to its room: who is in it, in what role, what it is called, what was recalled. First asked
 * whether the room is as the change supposes, then, after the entry was written, applied; both in the transaction of
 * the entry. It never writes an entry.
 */
import type { EntryKind, Role, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Change, Draft, Placed } from '../../domain/ports.ts';
import { isContent } from '../content.ts';
import type { Database } from './database.ts';
import type { Tail } from './entries.ts';
import { createFileUses } from './files.ts';
import { createReactions } from './reactions.ts';

type Why = Extract<Placed, { refused: string }>['refused'];

export function createChanges(db: Database) {
  const member = db.query<{ found: 1 }>('SELECT 1 AS found FROM members WHERE room = ? AND user = ?');
  const size = db.query<{ members: number }>('SELECT members FROM rooms WHERE key = ?');
  const target = db.query<{ kind: EntryKind; recalled: 0 | 1 }>(
    'SELECT kind, recalled FROM entries WHERE room = ? AND seq = ?',
  );
  const enter = createEnter(db);
  const resize = db.query('UPDATE rooms SET members = members + ? WHERE key = ?');
  const leave = db.query('DELETE FROM members WHERE room = ? AND user = ?');
  const setRole = db.query('UPDATE members SET role = ? WHERE room = ? AND user = ?');
  const mute = db.query('UPDATE members SET muted_until = ? WHERE room = ? AND user = ?');
  const rename = db.query('UPDATE rooms SET name = ? WHERE key = ?');
  const slow = db.query('UPDATE rooms SET slow_seconds = ? WHERE key = ?');
  const close = db.query('UPDATE rooms SET closed = 1 WHERE key = ?');
  const erase = db.query(
    `UPDATE entries SET body = '{}', mentions = NULL, recalled = 1 WHERE room = ? AND seq = ?`,
  );
  const eraseEdits = db.query(
    `UPDATE entries SET body = '{}', mentions = NULL, recalled = 1 WHERE room = ? AND target = ? AND kind = 'edit'`,
  );

  const edit = db.query('UPDATE entries SET body = ?, edited = ? WHERE room = ? AND seq = ?');
  const eraseEditBefore = db.query(`
    UPDATE entries SET body = '{}', recalled = 1 WHERE key = (
      SELECT key FROM entries WHERE room = ? AND target = ? AND kind = 'edit' AND seq < ?
      ORDER BY key DESC LIMIT 1)`);
  const reactions = createReactions(db);
  const files = createFileUses(db);

  function standing(room: number, seq: Seq): EntryKind | null {
    const entry = target.get(room, seq);
    return entry && entry.recalled === 0 && isContent(entry.kind) ? entry.kind : null;
  }

  const isMember = (room: number, user: UserId): boolean => member.get(room, user) !== undefined;

  function refusalOf(room: number, from: UserId | '', change: Change): Why | null {
    const bringsSender = change.type === 'join' && change.users.includes(from);
    if (from !== '' && !bringsSender && !isMember(room, from)) return 'not-member';
    switch (change.type) {
      case 'join': {
        const users = new Set(change.users);
        for (const user of users) if (isMember(room, user)) return 'already-member';
        const after = (size.get(room)?.members ?? 0) + users.size;
        return change.limit !== undefined && after > change.limit ? 'full' : null;
      }
      case 'leave':
      case 'role':
      case 'mute':
        return isMember(room, change.user) ? null : 'not-member';
      case 'recall':
        return standing(room, change.target) ? null : 'recalled';
      case 'edit':
        return standing(room, change.target) === 'text' ? null : 'recalled';
      case 'react':
        return standing(room, change.target) ? reactions.refusalOf(room, from, change) : 'recalled';
      case 'rename':
      case 'slow':
      case 'close':
        return null;
    }
  }

  /** @param at the tail, which is the change's own entry */
  function apply(at: Tail, { from, ts }: Draft, change: Change): void {
    const { room } = at;
    switch (change.type) {
      case 'join': {
        const users = new Set(change.users);
        for (const user of users) enter(at, { user, role: change.role, joined: ts, sent: 0 });
        resize.run(users.size, room);
        return;
      }
      case 'leave':
        leave.run(room, change.user);
        resize.run(-1, room);
        return;
      case 'role':
        setRole.run(change.role, room, change.user);
        return;
      case 'mute':
        mute.run(change.until, room, change.user);
        return;
      case 'rename':
        rename.run(change.name, room);
        return;
      case 'slow':
        slow.run(change.seconds, room);
        return;
      case 'close':
        close.run(room);
        return;
      case 'recall':
        erase.run(room, change.target);
        eraseEdits.run(room, change.target);
        reactions.erase(room, change.target);
        files.drop(room, change.target);
        return;
      case 'edit':
        edit.run(JSON.stringify({ text: change.text }), ts, room, change.target);
        eraseEditBefore.run(room, change.target, at.seq);
        return;
      case 'react':
        reactions.apply(at, from, change);
        return;
    }
  }

  return { refusalOf, apply };
}

interface Newcomer {
  user: UserId;
  role: Role;
  joined: Timestamp;
  /** Own content entries up to the tail. */
  sent: 0 | 1;
}

/** Makes a member who has read everything up to the tail. */
export function createEnter(db: Database): (tail: Tail, newcomer: Newcomer) => void {
  const enter = db.query(`
    INSERT INTO members (room, user, role, joined, joined_seq, sent, read, read_n, read_sent)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return ({ room, seq, n }, { user, role, joined, sent }) => {
    enter.run(room, user, role, joined, seq, sent, seq, n, sent);
  };
}

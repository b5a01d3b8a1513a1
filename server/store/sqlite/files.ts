/** Files: what is known of each, which entries carry it, who may read it, and when it may go. */
import type { FileId, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { FileFacts, FileRecord } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import type { Tail } from './entries.ts';

interface FileRow {
  id: FileId;
  owner: UserId;
  created: Timestamp;
  mime: string;
  size: number;
  w: number | null;
  h: number | null;
}

const toRecord = ({ w, h, ...plain }: FileRow): FileRecord => ({
  ...plain,
  ...(w !== null && { w }),
  ...(h !== null && { h }),
});

/** Whole, and not expired. */
const THERE = 'size IS NOT NULL AND (expires IS NULL OR expires > ?1)';

export function createFileReads(db: Database) {
  const one = db.query<FileRow>(
    `SELECT id, owner, created, mime, size, w, h FROM files WHERE ${THERE} AND id = ?2`,
  );
  // The cheap reasons first: OR stops at the first that holds.
  const readable = db.query<FileRow>(`
    SELECT id, owner, created, mime, size, w, h FROM files f WHERE ${THERE} AND id = ?2 AND (
      owner = ?3
      OR EXISTS (
        SELECT 1 FROM rooms r JOIN members m ON m.room = r.key AND m.user = ?3
        JOIN entry_files e ON e.file = f.id AND e.room = r.key WHERE r.id = ?4)
      OR EXISTS (SELECT 1 FROM users WHERE avatar = f.id)
      OR EXISTS (
        SELECT 1 FROM entry_files e CROSS JOIN members m ON m.room = e.room AND m.user = ?3 WHERE e.file = f.id))`);
  const uploaded = db.query<{ bytes: number }>(
    'SELECT coalesce(sum(size), 0) AS bytes FROM files WHERE owner = ? AND created > ?',
  );
  const expired = db.query<{ id: FileId }>('SELECT id FROM files WHERE expires < ? ORDER BY expires LIMIT ?');

  return {
    file(id: FileId, now: Timestamp): FileRecord | null {
      const row = one.get(now, id);
      return row ? toRecord(row) : null;
    },
    readableFiles: (reader: UserId, ids: FileId[], room: RoomId | null, now: Timestamp): FileRecord[] =>
      ids.flatMap((id) => readable.all(now, id, reader, room).map(toRecord)),
    uploadedBytes: (owner: UserId, since: Timestamp): number => uploaded.get(owner, since)?.bytes ?? 0,
    expiredFiles: (before: Timestamp, limit: number): FileId[] =>
      expired.all(before, limit).map(({ id }) => id),
  };
}

export function createFileWrites(db: Database) {
  const reserve = db.query('INSERT INTO files (id, owner, created, expires) VALUES (?, ?, ?, ?)');
  const complete = db.query('UPDATE files SET mime = ?, size = ?, w = ?, h = ? WHERE id = ?');
  const forget = db.query('DELETE FROM files WHERE id = ? AND uses = 0 AND expires < ?');

  return {
    reserveFile({ id, owner, created, expires }: ReservedFile): void {
      reserve.run(id, owner, created, expires);
    },
    completeFile(id: FileId, { mime, size, w, h }: FileFacts): void {
      complete.run(mime, size, w ?? null, h ?? null, id);
    },
    forgetFiles(ids: FileId[], before: Timestamp): void {
      for (const id of ids) forget.run(id, before);
    },
  };
}

interface ReservedFile {
  id: FileId;
  owner: UserId;
  created: Timestamp;
  expires: Timestamp;
}

/** Counts the uses of files, within the transaction of what uses them. */
export function createFileUses(db: Database) {
  const there = db.query<{ found: 1 }>(`SELECT 1 AS found FROM files WHERE ${THERE} AND id = ?2`);
  const use = db.query('UPDATE files SET uses = uses + 1, expires = NULL WHERE id = ?');
  // No draft was made so long ago: nothing can use it again.
  const release = db.query('UPDATE files SET uses = uses - 1, expires = iif(uses = 1, 0, NULL) WHERE id = ?');
  const carry = db.query('INSERT INTO entry_files (room, seq, file) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const carried = db.query<{ file: FileId }>('SELECT file FROM entry_files WHERE room = ? AND seq = ?');
  const drop = db.query('DELETE FROM entry_files WHERE room = ? AND seq = ?');

  return {
    areThere: (ids: FileId[], at: Timestamp): boolean => ids.every((id) => there.get(at, id) !== undefined),
    /** From now on the entry at the tail carries them. */
    carry({ room, seq }: Tail, ids: FileId[]): void {
      for (const id of ids) if (carry.run(room, seq, id) > 0) use.run(id);
    },
    /** The entry carries nothing any more. */
    drop(room: number, seq: Seq): void {
      for (const { file } of carried.all(room, seq)) release.run(file);
      drop.run(room, seq);
    },
    /** Somebody's avatar was the one and is the other; what is no file of ours changes nothing. */
    exchange(before: string | null, after: string | null): void {
      if (before === after) return;
      if (after !== null) use.run(after);
      if (before !== null) release.run(before);
    },
  };
}

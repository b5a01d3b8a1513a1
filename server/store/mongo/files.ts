/**
 * Files: what is known of each, what uses it, who may read it, and when it may go. Each use is a document of its own,
 * inserted and deleted by its name, so that no count can be wrong. A file that somebody uses does not expire; where
 * the last use ends it has expired at once.
 */
import type { FileId, RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Clock, FileFacts, FileRecord } from '../../domain/ports.ts';
import { byIds } from './by-ids.ts';
import { type Collections, memberId } from './documents.ts';
import { insertNew } from './insert-new.ts';
import type { FileDoc, FileUseDoc } from './tables.ts';

/** Who uses a file: an entry of a room, or a person whose avatar it is (`room` empty). */
export interface Use {
  room: RoomId | '';
  name: string;
}

export interface FileUses {
  use(files: FileId[], use: Use): Promise<void>;
  release(files: FileId[], use: Use): Promise<void>;
}

const useId = (file: FileId, name: string): string => `${file}/${name}`;

export const avatarOf = (user: UserId): Use => ({ room: '', name: `@${user}` });

export function createFileUses(db: Collections): FileUses {
  return {
    async use(files, { room, name }) {
      const known = (await byIds(db.files, files)).map(({ _id }) => _id);
      await insertNew(
        db.fileUses,
        known.map((file) => ({ _id: useId(file, name), file, room })),
      );
      for (const _id of known) await db.files.updateOne({ _id }, { $set: { expires: null } });
    },

    async release(files, { name }) {
      for (const file of files) {
        await db.fileUses.deleteOne({ _id: useId(file, name) });
        // No draft was made so long ago: nothing can use it again.
        if (!(await db.fileUses.findOne({ file }))) {
          await db.files.updateOne({ _id: file }, { $set: { expires: 0 } });
        }
      }
    },
  };
}

/** Which of the files are there, by the time that is asked about. */
export async function filesThere(
  db: Collections,
  ids: FileId[],
): Promise<(file: FileId, at: Timestamp) => boolean> {
  const docs = new Map((await byIds(db.files, ids)).map((doc) => [doc._id, doc]));
  return (file, at) => isThere(docs.get(file), at);
}

/** Whole, and not expired. */
const isThere = (doc: FileDoc | undefined, at: Timestamp): boolean =>
  doc?.size !== undefined && (doc.expires === null || doc.expires > at);

export function createFiles(db: Collections, clock: Pick<Clock, 'now'>) {
  /** Of these files, those that the reader may read as a member, or as anybody may. */
  async function shown(reader: UserId, ids: FileId[]): Promise<Set<FileId>> {
    if (ids.length === 0) return new Set();
    const uses = await db.fileUses.find({ file: { $in: ids } }).toArray();
    const rooms = [...new Set(uses.map(({ room }) => room))].filter((room) => room !== '');
    const members = await byIds(
      db.members,
      rooms.map((room) => memberId(room, reader)),
    );
    const mine = new Set(members.flatMap((member) => (member.in ? [member.room] : [])));
    return new Set(uses.flatMap(({ file, room }) => (room === '' || mine.has(room) ? [file] : [])));
  }

  return {
    async reserveFile({
      id,
      ...file
    }: Pick<FileRecord, 'id' | 'owner' | 'created'> & { expires: Timestamp }) {
      await insertNew(db.files, [{ _id: id, ...file }]);
    },

    async completeFile(id: FileId, { mime, size, w, h }: FileFacts): Promise<void> {
      const $set = { mime, size, ...(w !== undefined && { w }), ...(h !== undefined && { h }) };
      await db.files.updateOne({ _id: id }, { $set });
    },

    async file(id: FileId): Promise<FileRecord | null> {
      const doc = await db.files.findOne({ _id: id });
      return doc && isThere(doc, clock.now()) ? toRecord(doc) : null;
    },

    async readableFiles(reader: UserId, ids: FileId[]): Promise<FileRecord[]> {
      const now = clock.now();
      const there = (await byIds(db.files, ids)).filter((doc) => isThere(doc, now));
      const others = there.filter(({ owner }) => owner !== reader).map(({ _id }) => _id);
      const readable = await shown(reader, others);
      const docs = new Map(there.map((doc) => [doc._id, doc]));
      return ids.flatMap((id) => {
        const doc = docs.get(id);
        return doc && (doc.owner === reader || readable.has(id)) ? [toRecord(doc)] : [];
      });
    },

    async uploadedBytes(owner: UserId, since: Timestamp): Promise<number> {
      const docs = await db.files.find({ owner, created: { $gt: since } }).toArray();
      return docs.reduce((bytes, { size = 0 }) => bytes + size, 0);
    },

    async expiredFiles(before: Timestamp, limit: number): Promise<FileId[]> {
      const docs = await db.files
        .find({ expires: { $lt: before } })
        .sort({ expires: 1 })
        .limit(limit)
        .toArray();
      return docs.map(({ _id }) => _id);
    },

    async forgetFiles(ids: FileId[], before: Timestamp): Promise<void> {
      for (const _id of ids) {
        const use: FileUseDoc | null = await db.fileUses.findOne({ file: _id });
        // A use that came as it expired has won.
        if (use) await db.files.updateOne({ _id }, { $set: { expires: null } });
        else await db.files.deleteOne({ _id, expires: { $lt: before } });
      }
    },
  };
}

function toRecord({ _id, owner, created, mime = '', size = 0, w, h }: FileDoc): FileRecord {
  const pixels = { ...(w !== undefined && { w }), ...(h !== undefined && { h }) };
  return { id: _id, owner, created, mime, size, ...pixels };
}

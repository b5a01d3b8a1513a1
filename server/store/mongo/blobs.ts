/**
 * The bytes of files in GridFS. A file's own document comes last: what has one is whole. What a server that was killed
 * has left without one is removed with its id, when the upload expires.
 */
import { GridFSBucket, type Db, type GridFSFile, type ObjectId } from 'mongodb';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileId } from '../../../miniprogram/protocol/objects.ts';
import type { BlobStore } from '../../domain/ports.ts';
import type { Gate } from './gate.ts';

const ID = /^[A-Za-z0-9_-]{1,32}$/;

/** GridFS takes ids of any kind, its types only those that it makes itself. */
const gridId = (id: FileId): ObjectId => id as unknown as ObjectId;

export function createBlobs(db: Db, gate: Gate): BlobStore {
  const bucket = new GridFSBucket(db, { bucketName: 'blobs' });

  async function find(id: FileId): Promise<GridFSFile | null> {
    const [file] = await bucket.find({ _id: gridId(id) }).toArray();
    return file ?? null;
  }

  return {
    async write(id, bytes) {
      if (!ID.test(id)) throw new Error('a file id holds only letters, digits, _ and -');
      await gate.patiently(async () => {
        // Ends the upload, and removes its chunks, where the source or the database fails.
        await pipeline(
          Readable.from(bytes, { objectMode: false }),
          bucket.openUploadStreamWithId(gridId(id), id),
        );
      });
    },

    async read(id, { start, end }) {
      if (!ID.test(id)) return null;
      const file = await gate.run(() => find(id));
      if (!file || end >= file.length) return null;
      return bucket.openDownloadStream(gridId(id), { start, end: end + 1 }) as AsyncIterable<Uint8Array>;
    },

    async remove(id) {
      if (!ID.test(id)) return;
      await gate.patiently(async () => {
        await db.collection('blobs.files').deleteOne({ _id: gridId(id) });
        await db.collection('blobs.chunks').deleteMany({ files_id: gridId(id) });
      });
    },
  };
}

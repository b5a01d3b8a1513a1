/** What every BlobStore promises (server/domain/ports/blob-store.ts), as tests that any adapter must pass. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { BlobStore } from '../../server/domain/ports.ts';
import { chunked } from '../support/memory-blobs.ts';

export interface BlobsUnderTest {
  blobs: BlobStore;
  dispose(): Promise<void>;
}

export function blobsContract(name: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`the ${name} keeps the contract of the blob store`, () => {
    let opened: BlobsUnderTest;
    let made = 0;
    before(async () => (opened = await open()));
    after(() => opened.dispose());
    const fresh = (): string => `Blob_-${(made += 1)}`;

    async function bytesOf(id: string, range: { start: number; end: number }): Promise<Buffer | null> {
      const bytes = await opened.blobs.read(id, range);
      if (bytes === null) return null;
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return Buffer.concat(chunks);
    }

    test('what was written is read, whole and in part', async () => {
      const id = fresh();
      const bytes = randomBytes(300_000);
      await opened.blobs.write(id, chunked(bytes));
      assert.deepEqual(await bytesOf(id, { start: 0, end: 299_999 }), bytes);
      assert.deepEqual(await bytesOf(id, { start: 1, end: 1 }), bytes.subarray(1, 2));
      assert.deepEqual(await bytesOf(id, { start: 70_000, end: 299_999 }), bytes.subarray(70_000));
    });

    test('what is not there, or not so long, is null', async () => {
      const id = fresh();
      await opened.blobs.write(id, chunked('abc'));
      assert.equal(await opened.blobs.read(fresh(), { start: 0, end: 0 }), null);
      assert.equal(await opened.blobs.read(id, { start: 0, end: 3 }), null);
    });

    test('of a source that throws nothing is kept, and what it threw comes back', async () => {
      const id = fresh();
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield* chunked('some');
        throw new RangeError('the line was cut');
      }
      await assert.rejects(opened.blobs.write(id, broken()), new RangeError('the line was cut'));
      assert.equal(await opened.blobs.read(id, { start: 0, end: 0 }), null);
      await opened.blobs.write(id, chunked('again'));
      assert.deepEqual(await bytesOf(id, { start: 0, end: 4 }), Buffer.from('again'));
    });

    test('what was removed is gone, and removing it again is nothing', async () => {
      const id = fresh();
      await opened.blobs.write(id, chunked('abc'));
      await opened.blobs.remove(id);
      assert.equal(await opened.blobs.read(id, { start: 0, end: 0 }), null);
      await opened.blobs.remove(id);
      await opened.blobs.remove(fresh());
    });

    test('an id that is none of ours is nobody’s', async () => {
      for (const id of ['../chahua.db', '..', 'a/b', 'a\\b', '', 'a.part', 'x'.repeat(33), 'a\0']) {
        assert.equal(await opened.blobs.read(id, { start: 0, end: 0 }), null, id);
        await opened.blobs.remove(id);
      }
    });
  });
}

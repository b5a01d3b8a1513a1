/**
 * The bytes of files in a folder, one file each, readable by nobody else. Written beside its place, synced, and moved
 * into it: what stands there is whole. An id that could name another place is nobody's.
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileId } from '../../../miniprogram/protocol/objects.ts';
import type { BlobStore } from '../../domain/ports.ts';
import { Refusal } from '../../outcome.ts';
import { makeFolder } from '../folder.ts';

const PRIVATE_FILE = 0o600;
const ID = /^[A-Za-z0-9_-]{1,32}$/;
/** Of a file whose bytes are still coming; no id holds a dot. */
const PART = '.part';
const RETRY_AFTER_MS = 5_000;

export function openDiskBlobs(folder: string): BlobStore {
  try {
    makeFolder(folder);
  } catch (reason) {
    throw new Error(`DATA_DIR: ${folder} cannot be used: ${(reason as Error).message}`, { cause: reason });
  }

  return {
    async write(id, bytes) {
      const place = placeOf(folder, id);
      const part = place + PART;
      try {
        await writeWhole(part, bytes);
        await rename(part, place);
        await syncFolder(folder);
      } catch (reason) {
        await rm(part, { force: true });
        throw isStorageFault(reason) ? unavailable(reason) : reason;
      }
    },

    async read(id, { start, end }) {
      if (!ID.test(id)) return null;
      const place = placeOf(folder, id);
      try {
        const { size } = await stat(place);
        if (end >= size) return null;
      } catch (reason) {
        if (isMissing(reason)) return null;
        throw unavailable(reason);
      }
      return chunksOf(place, { start, end });
    },

    async remove(id) {
      if (!ID.test(id)) return;
      const place = placeOf(folder, id);
      await rm(place + PART, { force: true });
      await rm(place, { force: true });
    },
  };
}

function placeOf(folder: string, id: FileId): string {
  if (!ID.test(id)) throw new Error('a file id holds only letters, digits, _ and -');
  return join(folder, id);
}

async function writeWhole(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE);
  try {
    for await (const chunk of bytes) await writeAll(file, chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) {
    const { bytesWritten } = await file.write(chunk, at);
    at += bytesWritten;
  }
}

/** So that the name is on the disk, too. Where folders cannot be opened (Windows), names are safe without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** Opens the file when the first chunk is asked for: who never asks leaves nothing open. */
async function* chunksOf(path: string, range: { start: number; end: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, range)) yield chunk as Buffer;
}

/** A fault of the operating system's, as against one of the source. */
const isStorageFault = (reason: unknown): boolean =>
  reason instanceof Error && 'syscall' in reason && 'errno' in reason;
const isMissing = (reason: unknown): boolean =>
  reason instanceof Error && 'code' in reason && (reason.code === 'ENOENT' || reason.code === 'ENOTDIR');

function unavailable(cause: unknown): Refusal {
  const refusal = new Refusal('UNAVAILABLE', 'the file store is out of reach', RETRY_AFTER_MS);
  refusal.cause = cause;
  return refusal;
}

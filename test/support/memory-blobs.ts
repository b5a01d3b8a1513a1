/** The BlobStore port in memory, for tests of what stands on it; it passes the contract of the real ones. */
import type { FileId } from '../../miniprogram/protocol/objects.ts';
import type { BlobStore } from '../../server/domain/ports.ts';

export class MemoryBlobs implements BlobStore {
  readonly kept = new Map<FileId, Uint8Array>();

  async write(id: FileId, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    this.kept.set(id, Buffer.concat(chunks));
  }

  read(
    id: FileId,
    { start, end }: { start: number; end: number },
  ): Promise<AsyncIterable<Uint8Array> | null> {
    const whole = this.kept.get(id);
    return Promise.resolve(whole && end < whole.byteLength ? chunked(whole.subarray(start, end + 1)) : null);
  }

  remove(id: FileId): Promise<void> {
    this.kept.delete(id);
    return Promise.resolve();
  }
}

/** In two pieces, so that nobody counts on one. */
export async function* chunked(bytes: Uint8Array | string): AsyncGenerator<Uint8Array> {
  const whole = Buffer.from(bytes);
  const half = whole.byteLength >> 1;
  if (half > 0) yield await Promise.resolve(whole.subarray(0, half));
  yield whole.subarray(half);
}

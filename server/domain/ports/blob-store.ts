/** The bytes of files, by id. Knows nothing of who may read them. */
import type { FileId } from '../../../miniprogram/protocol/objects.ts';

export interface BlobStore {
  /**
   * Takes in the bytes as they come; resolves when they are durable. Where the source throws, or the bytes cannot be
   * kept, it rejects and nothing is kept.
   */
  write(id: FileId, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes `start` … `end`, the last included; null where there are none of this id. */
  read(id: FileId, range: { start: number; end: number }): Promise<AsyncIterable<Uint8Array> | null>;
  /** Also of what was left by a write that never ended. No such id: nothing to do. */
  remove(id: FileId): Promise<void>;
}

/** What is known of files, and who may read them; their bytes are in a BlobStore. */
import type { FileId, RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';

/** What the content of a file says of itself. */
export interface FileFacts {
  mime: string;
  size: number;
  /** Pixels of an image, as it is shown. */
  w?: number;
  h?: number;
}

export interface FileRecord extends FileFacts {
  id: FileId;
  owner: UserId;
  created: Timestamp;
}

/**
 * A file is in use while a stored entry carries it (`Draft.files`) or it is somebody's avatar. One that is in use by
 * nobody expires: when its time since the upload is over, or at once where the last use has ended. An expired file is
 * there for nobody any more, and can be used by no draft.
 */
export interface FileStore {
  /** Before the bytes come: a file without facts is there for nobody, but expires like any other. */
  reserveFile(file: { id: FileId; owner: UserId; created: Timestamp; expires: Timestamp }): Promise<void>;
  completeFile(id: FileId, facts: FileFacts): Promise<void>;
  /** Null where it is not there (any more). */
  file(id: FileId): Promise<FileRecord | null>;
  /**
   * In the order asked, without those that `reader` may not read: who uploaded a file may, so may all members of a
   * room that an entry carries it in, and everybody where it is an avatar.
   * @param room where it probably is, which makes finding out cheaper
   */
  readableFiles(reader: UserId, ids: FileId[], room?: RoomId): Promise<FileRecord[]>;
  /** Bytes that `owner` has uploaded since, of those that are kept. */
  uploadedBytes(owner: UserId, since: Timestamp): Promise<number>;
  /** Some of those that expired before. */
  expiredFiles(before: Timestamp, limit: number): Promise<FileId[]>;
  /** Forgets those of them that are in no use and expired before. */
  forgetFiles(ids: FileId[], before: Timestamp): Promise<void>;
}

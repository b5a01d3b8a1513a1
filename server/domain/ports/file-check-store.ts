/** Files that are judged outside, which takes minutes: what became of them, and which entries carry them. */
import type { FileId, RoomId, Seq, Timestamp } from '../../../miniprogram/protocol/objects.ts';

/** `lost`: no verdict came. */
export type FileState = 'pending' | 'pass' | 'review' | 'risky' | 'lost';

export interface FileCheck {
  file: FileId;
  /** The judge's name for the question. */
  trace: string;
  state: FileState;
  asked: Timestamp;
}

export interface FileUse {
  room: RoomId;
  seq: Seq;
}

export interface FileCheckStore {
  /** From now on the file waits for this verdict, whatever was known of it before; its uses stay. */
  openFileCheck(check: { file: FileId; trace: string; asked: Timestamp }): Promise<void>;
  fileCheck(file: FileId): Promise<FileCheck | null>;
  /**
   * Remembers that the entry carries the file. Atomic with `settleFileCheck`: either that one tells of this use, or
   * this one gives the state that was settled. @returns null where the file was never judged
   */
  useFile(file: FileId, use: FileUse): Promise<FileState | null>;
  /** The verdict of a check that is pending, with all uses of its file; null for any other trace. */
  settleFileCheck(
    trace: string,
    state: Exclude<FileState, 'pending'>,
  ): Promise<{ file: FileId; uses: FileUse[] } | null>;
  /** Traces of pending checks that were asked before then, the oldest first. */
  overdueFileChecks(before: Timestamp, limit: number): Promise<string[]>;
}

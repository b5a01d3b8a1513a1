/** The list of words that are not to be said. */
import type { Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord } from './audit-store.ts';

/** block: not stored. mask: stored with the matched characters replaced. flag: stored, and put before a moderator. */
export type WordAction = 'block' | 'mask' | 'flag';

export interface WordRule {
  /** As the moderator wrote it; how it is compared is the matcher's business. */
  word: string;
  action: WordAction;
  by: string;
  ts: Timestamp;
}

export interface WordStore {
  /** All of them in the order of their words, and the version of the list. */
  words(): Promise<{ version: number; rules: WordRule[] }>;
  /** Higher after every change. */
  wordsVersion(): Promise<number>;
  /** A word that is there already gets the new action. */
  addWords(rules: WordRule[], audit: AuditRecord): Promise<void>;
  /** @returns those that were there */
  removeWords(words: string[], audit: AuditRecord): Promise<string[]>;
}

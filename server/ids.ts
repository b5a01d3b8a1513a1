/**
 * Makes ids for users, rooms, logins and files: 120 random bits in 20 characters, which nobody guesses or meets twice.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { NewId } from './domain/ports.ts';

export const newId: NewId = () => {
  for (;;) {
    const id = randomBytes(15).toString('base64url');
    // A command line would take a leading hyphen for an option.
    if (!id.startsWith('-')) return id;
  }
};

/** An id for what these words name: always the same for the same, and like no other. */
export function idFrom(...words: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(words))
    .digest('base64url')
    .slice(0, 20)
    .replace(/^-/, '_');
}

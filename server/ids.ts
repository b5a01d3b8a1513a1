/**
 * Makes ids for users, rooms, logins and files: 120 random bits in 20 characters, which nobody guesses or meets twice.
 */
import { randomBytes } from 'node:crypto';
import type { NewId } from './domain/ports.ts';

export const newId: NewId = () => {
  for (;;) {
    const id = randomBytes(15).toString('base64url');
    // A command line would take a leading hyphen for an option.
    if (!id.startsWith('-')) return id;
  }
};

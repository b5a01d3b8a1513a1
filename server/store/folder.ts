/**
 * Makes a folder that nobody else may read, and what is missing above it. Node's own `recursive` asks for ever where a
 * folder is there and takes no other, as in /proc; this one gives up.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const PRIVATE = 0o700;

/** A folder that is there stays as it is. @throws where there can be none */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: PRIVATE });
  } catch (reason) {
    const code = reason instanceof Error && 'code' in reason ? reason.code : undefined;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || existsSync(above)) throw reason;
    makeFolder(above);
    makeFolder(path);
  }
}

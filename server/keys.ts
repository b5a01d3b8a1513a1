/**
 * The keys that access tokens are signed with: what a good one is, how `JWT_KEYS` spells them, and the file in which
 * a server that was given none keeps its own. The first key signs, all of them verify. A key file that cannot be
 * understood is never replaced: that would log everybody out. Nothing here prints a secret.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './store/folder.ts';

export interface JwtKey {
  /** Names the key in the header of a token; 1–32 of `[A-Za-z0-9_-]`. */
  kid: string;
  /** Its UTF-8 bytes are the HMAC key. */
  secret: string;
}

/** HMAC-SHA-256 wants a key as long as its output (RFC 7518 §3.2, RFC 8725 §3.5). */
const SECRET_BYTES = 32;
const MAX_KEYS = 16;
const FORM = `allowed: 1 to ${MAX_KEYS} of kid:secret, separated by commas`;

/** Secrets that stand in documents, examples and tutorials. */
const WELL_KNOWN = [
  /change[-_ ]?me/i,
  /replace[-_ ]?(me|this)/i,
  /your[-_ ]?(256|512)?[-_ ]?(bit)?[-_ ]?secret/i,
  /a-string-secret-at-least/i,
  /password/i,
];
const KEYBOARD = /0123456789|1234567890|abcdefghij|qwertyuiop/i;
const FEWEST_CHARACTERS = 10;

/**
 * What is wrong with a set of keys: sentences "what is wrong; what is allowed", without any secret in them. A secret
 * that is long enough but typed along the keyboard will do for trying things, not in production.
 */
export function keyFaults(keys: readonly JwtKey[], production: boolean): string[] {
  const faults: string[] = [];
  if (keys.length < 1 || keys.length > MAX_KEYS) faults.push(`${keys.length} keys; ${FORM}`);
  const seen = new Set<string>();
  keys.forEach(({ kid, secret }, index) => {
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(kid)) {
      // Not quoted: who forgets the colon has put the secret here.
      faults.push(
        `the kid of key ${index + 1} is malformed; allowed: 1–32 of A–Z a–z 0–9 _ -, before the first colon`,
      );
      return;
    }
    if (seen.has(kid)) faults.push(`the kid ${kid} is there twice; allowed: each kid once`);
    seen.add(kid);
    const weakness = weaknessOf(secret) ?? (production ? monotonyOf(secret) : null);
    if (weakness !== null) {
      faults.push(
        `the secret of ${kid} ${weakness}; allowed: at least ${SECRET_BYTES} random bytes, as \`openssl rand -base64 32\` makes`,
      );
    }
  });
  return faults;
}

function weaknessOf(secret: string): string | null {
  const bytes = Buffer.byteLength(secret);
  if (bytes < SECRET_BYTES) return bytes === 0 ? 'is empty' : `has ${bytes} bytes`;
  if (WELL_KNOWN.some((pattern) => pattern.test(secret))) return 'is a well-known example';
  return null;
}

function monotonyOf(secret: string): string | null {
  const repeats = (secret + secret).indexOf(secret, 1) < secret.length;
  if (repeats || new Set(secret).size < FEWEST_CHARACTERS) return 'is a repetition';
  if (KEYBOARD.test(secret)) return 'is typed along the keyboard';
  return null;
}

/** Reads `kid:secret[,kid:secret…]`. A secret may hold colons, but no comma; spaces around a key are dropped. */
export function parseKeys(text: string): JwtKey[] {
  return text.split(',').map((part) => {
    const key = part.trim();
    const colon = key.indexOf(':');
    return colon < 0 ? { kid: '', secret: key } : { kid: key.slice(0, colon), secret: key.slice(colon + 1) };
  });
}

/**
 * The keys of `folder/keys.json`; the first call makes the folder, a key and the file (mode 0600), which is on the
 * disk when this returns. To rotate, an operator puts a new key first: key-watch.ts sees it.
 */
export function keptKeys(folder: string): JwtKey[] {
  const path = keyFileOf(folder);
  const text = textOf(path);
  if (text === null) {
    const keys = [
      { kid: randomBytes(4).toString('hex'), secret: randomBytes(SECRET_BYTES).toString('base64url') },
    ];
    makeFolder(folder);
    writeDurably(folder, 'keys.json', `${JSON.stringify({ keys }, null, 2)}\n`);
    return keys;
  }
  // A file restored from a backup may have come back readable to all.
  chmodSync(path, 0o600);
  return goodKeys(text, (faults) => {
    return `${path}: ${faults}. Restore it, or move it away: then all have to log in again.`;
  });
}

/** The keys of a file that the operator keeps, in the same form. @throws where it cannot be read, or is no good */
export function keysOf(path: string): JwtKey[] {
  let text: string | null;
  try {
    text = textOf(path);
  } catch (error) {
    throw new Error(`${path}: cannot be read (${codeOf(error) ?? 'unknown'})`, { cause: error });
  }
  if (text === null) throw new Error(`${path}: is not there`);
  return goodKeys(text, (faults) => `${path}: ${faults}`);
}

/** Where a server keeps its own. */
export const keyFileOf = (folder: string): string => join(folder, 'keys.json');

/** @param say makes the message of the faults */
function goodKeys(text: string, say: (faults: string) => string): JwtKey[] {
  const keys = keysIn(text);
  const faults =
    keys === null ? ['not a list of keys; allowed: {"keys": [{"kid", "secret"}]}'] : keyFaults(keys, true);
  if (keys === null || faults.length > 0) throw new Error(say(faults.join('. ')));
  return keys;
}

/** Whether this folder is one of a server that keeps its own keys. */
export const hasKeptKeys = (folder: string): boolean => existsSync(keyFileOf(folder));

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function keysIn(text: string): JwtKey[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys: unknown };
    return Array.isArray(keys) && keys.every(isKey) ? keys.map(({ kid, secret }) => ({ kid, secret })) : null;
  } catch {
    return null;
  }
}

function isKey(value: unknown): value is JwtKey {
  if (typeof value !== 'object' || value === null) return false;
  const { kid, secret } = value as Partial<JwtKey>;
  return typeof kid === 'string' && typeof secret === 'string';
}

/** The file is there whole or not at all, whenever the power goes. */
function writeDurably(folder: string, name: string, text: string): void {
  const temporary = join(folder, `${name}.${randomBytes(4).toString('hex')}`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, name));
  syncFolder(folder);
}

/** Makes a rename outlast a power cut. Windows opens no folders and needs no such thing. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch (error) {
    if (codeOf(error) === 'EISDIR' || codeOf(error) === 'EPERM') return;
    throw error;
  }
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

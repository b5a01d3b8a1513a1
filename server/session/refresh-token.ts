/**
 * Refresh tokens: 256 random bits each, known to the store by their SHA-256 alone. Also the seal under which the store
 * keeps the answer to a refresh for those seconds in which it may be asked again: its key is derived from the token
 * that was sent, so the store alone opens nothing, and the token alone holds nothing.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}$/;
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Separates this use of the token from any other that may come. */
const PURPOSE = 'chahua refresh seal 1';

export function newRefreshToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** False for what cannot be one of ours, so that nobody need ask the store about it. */
export function isRefreshToken(text: string): boolean {
  return FORM.test(text);
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** iv, tag and ciphertext, in base64url. */
export function seal(text: string, token: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, sealKey(token), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws Error where the text was sealed for another token, or changed since */
export function unseal(sealed: string, token: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const iv = bytes.subarray(0, IV_BYTES);
  const decipher = createDecipheriv(CIPHER, sealKey(token), iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = bytes.subarray(IV_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
}

function sealKey(token: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', PURPOSE, 32));
}

/** Pure: a client id for a message, from random bytes: six bits of each, 22 characters of [A-Za-z0-9_-]. */
import type { Cid } from '../protocol/objects';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
export const CID_BYTES = 22;

/** @param bytes CID_BYTES of them, not guessable and never the same again: 132 bits count */
export function makeCid(bytes: Uint8Array): Cid {
  return Array.from(bytes.subarray(0, CID_BYTES), (byte) => ALPHABET[byte & 63]).join('');
}

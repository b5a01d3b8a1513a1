/** What a schema cannot say of a message: limits that are configured, and text that is really text. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { RequestBody, SendBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import { Refusal } from '../outcome.ts';

const CUSTOM_BYTES = 8_192;
const CUSTOM_DEPTH = 32;

/** @throws Refusal that names the field and the limit */
export function checkContent(send: SendBody, limits: Limits): void {
  if (send.kind === 'text') checkText(send.body.text, 'body.text', limits.text);
  if (send.kind === 'custom') checkCustom(send.body.data);
}

/** @throws Refusal that names the field and the limit */
export function checkEdit({ text }: RequestBody<'message.edit'>, limits: Limits): void {
  checkText(text, 'text', limits.text);
}

/** One emoji in the one form that Unicode recommends: what looks alike is alike, and is counted together. */
const EMOJI = /^\p{RGI_Emoji}$/v;

/** @throws Refusal that names the field and what is allowed */
export function checkEmoji(emoji: string): void {
  if (!EMOJI.test(emoji))
    throw new Refusal(ErrorCode.BAD_REQUEST, 'emoji: must be one emoji, fully qualified');
}

function checkText(text: string, field: string, most: number): void {
  if (text === '') throw new Refusal(ErrorCode.BAD_REQUEST, `${field}: must not be empty`);
  // A string has at least as many UTF-16 units as code points, so most texts need no counting.
  if (text.length > most && codePoints(text) > most) {
    throw new Refusal(ErrorCode.TOO_LARGE, `${field}: must have at most ${most} characters`);
  }
  if (!isText(text)) throw new Refusal(ErrorCode.BAD_REQUEST, `${field}: ${NO_TEXT}`);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** What cannot be encoded could not come back as it was sent, and NUL ends strings in too many places. */
const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');
const NO_TEXT = 'must hold neither a NUL character nor half a surrogate pair';

function checkCustom(data: unknown): void {
  const fault = faultIn(data, CUSTOM_DEPTH);
  if (fault !== null) throw new Refusal(ErrorCode.BAD_REQUEST, `body.data: ${fault}`);
  if (Buffer.byteLength(JSON.stringify(data)) > CUSTOM_BYTES) {
    throw new Refusal(ErrorCode.TOO_LARGE, `body.data: must be at most ${CUSTOM_BYTES} bytes of JSON`);
  }
}

/** What in it could not come back as it was sent, or null. Goes no deeper than allowed: hostile depth costs nothing. */
function faultIn(value: unknown, levels: number): string | null {
  if (typeof value === 'string') return isText(value) ? null : NO_TEXT;
  // JSON may say 1e999, and has no word for what becomes of it.
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'must hold no number beyond 1.8e308';
  if (typeof value !== 'object' || value === null) return null;
  if (levels === 0) return `must be nested at most ${CUSTOM_DEPTH} deep`;
  for (const [key, inner] of Object.entries(value)) {
    const fault = isText(key) ? faultIn(inner, levels - 1) : NO_TEXT;
    if (fault !== null) return fault;
  }
  return null;
}

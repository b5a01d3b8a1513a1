/**
 * The message push: is this WeChat that speaks, and what does it say. Every call is signed with the push token; with an
 * EncodingAESKey the event itself is sealed and signed, and nothing else is taken then. Refusals say nothing of why.
 * https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
 */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Clock } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';

export interface PushSecrets {
  token: string;
  /** EncodingAESKey, 43 characters. Absent: events come in the clear. */
  key?: string;
}

export interface Push {
  /** What WeChat's console wants to hear back. @throws Refusal FORBIDDEN */
  echo(query: URLSearchParams): string;
  /** @throws Refusal FORBIDDEN, BAD_REQUEST */
  open(query: URLSearchParams, body: unknown): Readonly<Record<string, unknown>>;
}

export interface PushDeps {
  secrets: PushSecrets;
  appid: string;
  clock: Pick<Clock, 'now'>;
}

/** A signature is good so long; WeChat repeats a push within seconds. */
const FRESH_MS = 10 * 60_000;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

export function createPush({ secrets, appid, clock }: PushDeps): Push {
  const { token, key } = secrets;

  function echo(query: URLSearchParams): string {
    mustBeSigned(query, 'signature', []);
    const echostr = query.get('echostr') ?? '';
    if (!/^[\w+/=-]{1,256}$/.test(echostr)) throw malformed();
    return echostr;
  }

  function open(query: URLSearchParams, body: unknown): Readonly<Record<string, unknown>> {
    if (!isRecord(body)) throw malformed();
    if (key === undefined) {
      mustBeSigned(query, 'signature', []);
      return body;
    }
    const sealed = body['Encrypt'];
    if (typeof sealed !== 'string') throw malformed();
    mustBeSigned(query, 'msg_signature', [sealed]);
    return unsealed(sealed, key);
  }

  function mustBeSigned(query: URLSearchParams, name: 'signature' | 'msg_signature', more: string[]): void {
    const timestamp = query.get('timestamp') ?? '';
    const parts = [token, timestamp, query.get('nonce') ?? '', ...more];
    const expected = createHash('sha1').update(parts.sort().join('')).digest();
    const given = Buffer.from(query.get(name) ?? '', 'hex');
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
    const age = /^\d{1,12}$/.test(timestamp) ? Math.abs(clock.now() - Number(timestamp) * 1_000) : Infinity;
    if (!isSigned || age > FRESH_MS) throw forbidden();
  }

  function unsealed(sealed: string, encodingKey: string): Readonly<Record<string, unknown>> {
    const plain = decrypted(Buffer.from(sealed, 'base64'), Buffer.from(`${encodingKey}=`, 'base64'));
    const head = RANDOM_BYTES + LENGTH_BYTES;
    const end = head + (plain.length >= head ? plain.readUInt32BE(RANDOM_BYTES) : Infinity);
    // The appid after the text: an event that was meant for another app is none of ours.
    if (end > plain.length || plain.toString('utf8', end) !== appid) throw forbidden();
    const event = parsed(plain.toString('utf8', head, end));
    if (!isRecord(event)) throw malformed();
    return event;
  }

  return { echo, open };
}

/** Without the padding to blocks of 32 bytes. */
function decrypted(sealed: Buffer, key: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
    const pad = padded.at(-1) ?? 0;
    return padded.subarray(0, padded.length - (pad >= 1 && pad <= 32 ? pad : 0));
  } catch {
    throw forbidden();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const forbidden = (): Refusal => new Refusal(ErrorCode.FORBIDDEN, 'This is not signed by WeChat.');
const malformed = (): Refusal =>
  new Refusal(ErrorCode.BAD_REQUEST, 'This is no event; choose JSON as the data format in the console.');

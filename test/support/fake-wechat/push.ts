/**
 * The message push: what WeChat sends to the operator's address, signed and, in safe mode, sealed with the
 * EncodingAESKey. https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { APPID, PUSH_KEY, PUSH_TOKEN } from './account.ts';

export interface Push {
  query: URLSearchParams;
  body: string;
}

export interface PushOptions {
  /** Unix time in ms that the signature names. */
  at: number;
  mode?: 'plain' | 'safe';
  token?: string;
  key?: string;
  appid?: string;
}

const BLOCK = 32;

export function signatureOf(...parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex');
}

/** The question by which WeChat's console tries an address; the answer is the echostr. */
export function echoQuery(echostr: string, { at, token = PUSH_TOKEN }: PushOptions): URLSearchParams {
  const [timestamp, nonce] = stampsAt(at);
  return new URLSearchParams({ signature: signatureOf(token, timestamp, nonce), timestamp, nonce, echostr });
}

export function pushOf(event: object, options: PushOptions): Push {
  const { at, mode = 'plain', token = PUSH_TOKEN, key = PUSH_KEY, appid = APPID } = options;
  const [timestamp, nonce] = stampsAt(at);
  const query = new URLSearchParams({ signature: signatureOf(token, timestamp, nonce), timestamp, nonce });
  const text = JSON.stringify(event);
  if (mode === 'plain') return { query, body: text };
  const encrypted = sealed(text, { key, appid });
  query.set('encrypt_type', 'aes');
  query.set('msg_signature', signatureOf(token, timestamp, nonce, encrypted));
  return { query, body: JSON.stringify({ ToUserName: 'gh_0123456789ab', Encrypt: encrypted }) };
}

function stampsAt(at: number): [timestamp: string, nonce: string] {
  return [String(Math.floor(at / 1_000)), String(randomBytes(4).readUInt32BE())];
}

/** 16 random bytes, four of length, the text and the appid, padded to blocks of 32 bytes. */
function sealed(text: string, { key, appid }: { key: string; appid: string }): string {
  const aes = Buffer.from(`${key}=`, 'base64');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  const plain = Buffer.concat([randomBytes(16), length, Buffer.from(text), Buffer.from(appid)]);
  const pad = BLOCK - (plain.length % BLOCK);
  const cipher = createCipheriv('aes-256-cbc', aes, aes.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])),
    cipher.final(),
  ]).toString('base64');
}

/** Access tokens made by hand (docs/protocol.md §5), right and wrong: independent of the server's own code. */
import { createHmac, randomBytes } from 'node:crypto';

export const SECRET = randomBytes(32).toString('base64url');
/** For JWT_KEYS. */
export const KEYS = `k1:${SECRET}`;

type Fields = Record<string, unknown>;

export interface Forgery {
  /** Over the genuine ones; undefined takes a field away. */
  header?: Fields;
  claims?: Fields;
  /** Default: HMAC SHA-256 with the server's own secret. */
  sign?: (signed: string) => string;
}

const encode = (fields: Fields) => Buffer.from(JSON.stringify(fields)).toString('base64url');
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Fields;

export const hmac =
  (secret: string, hash = 'sha256') =>
  (signed: string): string =>
    createHmac(hash, secret).update(signed).digest('base64url');

/** Starts from a token that the server gave, so that only what is named is wrong. */
export function forge(genuine: string, { header = {}, claims = {}, sign = hmac(SECRET) }: Forgery): string {
  const [head, payload] = genuine.split('.') as [string, string];
  const signed = `${encode({ ...decode(head), ...header })}.${encode({ ...decode(payload), ...claims })}`;
  return `${signed}.${sign(signed)}`;
}

export function claimsOf(token: string): Fields {
  return decode(token.split('.')[1]!);
}

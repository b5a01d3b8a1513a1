/**
 * Signed, expiring paths of files: whoever holds one may read that file until then, as `wx.downloadFile`, `<image>`
 * and `<video>` send no token along. The keys are derived from those of the access tokens, so all nodes agree and a
 * key that is rotated out takes its links with it. What is signed is the file and the time, nothing else.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { FileId, Timestamp } from '../../miniprogram/protocol/objects.ts';
import type { JwtKey } from '../config.ts';
import type { Clock } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';

export interface FileLinks {
  sign(id: FileId): { url: string; expiresAt: Timestamp };
  /** @returns until when it is good. @throws Refusal FORBIDDEN, UNAUTHORIZED where it has expired */
  verify(id: FileId, query: URLSearchParams): Timestamp;
  /** From now on the first of these signs and they alone verify. */
  replaceKeys(keys: readonly JwtKey[]): void;
}

/** A link is good for one to two of these, and the same all through one: a client's cache knows it again. */
export const LINK_PERIOD_MS = 3_600_000;

export function createFileLinks({
  keys,
  clock,
}: {
  keys: readonly JwtKey[];
  clock: Pick<Clock, 'now'>;
}): FileLinks {
  let ring = ringOf(keys);

  return {
    sign(id) {
      const expiresAt = (Math.floor(clock.now() / LINK_PERIOD_MS) + 2) * LINK_PERIOD_MS;
      const signature = signed(ring.key, id, expiresAt).toString('base64url');
      return { url: `/v1/files/${id}?e=${expiresAt}&k=${ring.kid}&s=${signature}`, expiresAt };
    },

    verify(id, query) {
      const expiresAt = /^\d{1,15}$/.test(query.get('e') ?? '') ? Number(query.get('e')) : NaN;
      const key = ring.keys.get(query.get('k') ?? '');
      const given = Buffer.from(query.get('s') ?? '', 'base64url');
      const expected = signed(key ?? ring.key, id, expiresAt);
      const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
      if (!key || !isSigned)
        throw new Refusal(ErrorCode.FORBIDDEN, 'The link is not one that this server signed.');
      if (expiresAt <= clock.now()) {
        throw new Refusal(ErrorCode.UNAUTHORIZED, 'The link has expired; ask file.get for a new one.');
      }
      return expiresAt;
    },

    replaceKeys(next) {
      ring = ringOf(next);
    },
  };
}

interface Ring {
  kid: string;
  key: Buffer;
  keys: ReadonlyMap<string, Buffer>;
}

function ringOf(list: readonly JwtKey[]): Ring {
  const derive = (secret: string) => Buffer.from(hkdfSync('sha256', secret, '', 'chahua file links', 32));
  const keys = new Map(list.map(({ kid, secret }) => [kid, derive(secret)]));
  const [first] = keys;
  if (first === undefined) throw new Error('There is no key to sign with');
  return { kid: first[0], key: first[1], keys };
}

const signed = (key: Buffer, id: FileId, expiresAt: Timestamp): Buffer =>
  createHmac('sha256', key).update(`${id} ${expiresAt}`).digest();

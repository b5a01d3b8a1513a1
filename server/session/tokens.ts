/**
 * Access tokens: signs and verifies the JWTs of docs/protocol.md §5. Verifies with one algorithm, one issuer, one
 * audience, one type, and keys from a fixed map: nothing that a token says of itself chooses how it is checked
 * (RFC 8725 §3.1, §3.10, §3.11). Whatever is wrong with a token, the refusal is the same. It does not ask whether the
 * login still lives; logins.ts does.
 */
import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Timestamp, UserId } from '../../miniprogram/protocol/objects.ts';
import type { JwtKey } from '../config.ts';
import type { Clock } from '../domain/ports.ts';
import { unauthorized } from '../outcome.ts';

export const TOKEN_ROLES = ['user'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];
/** moderator: what concerns people and messages. operator: that, keys and tokens. */
export const ADMIN_ROLES = ['moderator', 'operator'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];

export interface Holder {
  user: UserId;
  /** The login that the token belongs to. */
  sid?: string;
  role: TokenRole;
}

/** Who holds a token of the admin listener: a user, or `local` on the server's own machine. */
export interface AdminHolder {
  actor: string;
  role: AdminRole;
}

export interface AdminClaims extends AdminHolder {
  /** Of an access token: the login that it belongs to. */
  sid?: string;
  issuedAt: Timestamp;
  expiresAt: Timestamp;
}

export interface Claims extends Holder {
  /** The key it was signed with. */
  kid: string;
  expiresAt: Timestamp;
}

export interface Tokens {
  /** Signed with the first key; good for 15 minutes. */
  sign(holder: Holder): { access: string; expiresAt: Timestamp };
  /** @throws Refusal UNAUTHORIZED, in the same words for every cause */
  verify(token: string): Claims;
  /** A token of another kind, which opens the admin listener and nothing else. */
  signAdmin(holder: AdminHolder, seconds: number): { token: string; expiresAt: Timestamp };
  /**
   * One of that kind, or an access token of the contract whose role is one of the admin listener's: this server signs
   * none, another holder of its keys may. @throws Refusal UNAUTHORIZED, as `verify`
   */
  verifyAdmin(token: string): AdminClaims;
  /**
   * Whose token it is, of either kind, though it may open nothing any more; null where no key of ours signed it. For
   * the audit log alone.
   */
  signerOf(token: string): string | null;
  /** From now on the first of these signs and they alone verify: to rotate, keep the old ones as long as their tokens live. */
  replaceKeys(keys: readonly JwtKey[]): void;
}

export const ACCESS_TTL_S = 15 * 60;
/** How far ahead the clock of the node that signed may be. No tolerance at the other end: expired is expired. */
const SKEW_S = 30;
const PARTY = 'chahua';
interface Kind {
  typ: string;
  aud: string;
  roles: readonly string[];
}
/** Neither is taken for the other: header and audience both tell them apart (RFC 8725 §3.11, §3.12). */
const ACCESS: Kind = { typ: 'at+jwt', aud: PARTY, roles: TOKEN_ROLES };
const ADMIN: Kind = { typ: 'chahua-admin+jwt', aud: 'chahua-admin', roles: ADMIN_ROLES };
/** The role alone tells these from the access tokens of users, so neither list may hold a role of the other. */
const ACCESS_OF_ADMINS: Kind = { ...ACCESS, roles: ADMIN_ROLES };
const ALGORITHM = 'HS256';
const HEADERS: readonly string[] = ['alg', 'typ', 'kid'];
/** Ours have about 300. */
const LONGEST_TOKEN = 2_048;
const ID = /^[A-Za-z0-9_-]{1,32}$/;

export function createTokens({ keys, clock }: { keys: readonly JwtKey[]; clock: Clock }): Tokens {
  /** Checks tokens of unknown keys, so that they take as long to fail as badly signed ones. */
  const decoy = createSecretKey(randomBytes(32));
  let ring = ringOf(keys);

  function signed({ typ, aud }: Kind, own: object, seconds: number): { token: string; expiresAt: Timestamp } {
    const iat = Math.floor(clock.now() / 1_000);
    const exp = iat + seconds;
    const header = { alg: ALGORITHM, typ, kid: ring.first };
    const claims = { iss: PARTY, aud, ...own, iat, exp };
    return { token: jwt.sign(claims, ring.key, { algorithm: ALGORITHM, header }), expiresAt: exp * 1_000 };
  }

  function sign({ user, sid, role }: Holder): { access: string; expiresAt: Timestamp } {
    const own = { sub: user, ...(sid !== undefined && { sid }), role };
    const { token, expiresAt } = signed(ACCESS, own, ACCESS_TTL_S);
    return { access: token, expiresAt };
  }

  /** @param kinds one of which it must be */
  function verified(token: string, ...kinds: Kind[]): OurPayload & { kid: string } {
    const now = Math.floor(clock.now() / 1_000);
    for (const kind of token.length <= LONGEST_TOKEN ? kinds : []) {
      const payload = payloadOf(token, kind, now);
      if (payload !== null) return payload;
    }
    throw unauthorized();
  }

  function verify(token: string): Claims {
    const { sub, sid, role, exp, kid } = verified(token, ACCESS);
    const own = { user: sub, ...(sid !== undefined && { sid }), role: role as TokenRole };
    return { ...own, kid, expiresAt: exp * 1_000 };
  }

  function verifyAdmin(token: string): AdminClaims {
    const { sub, sid, role, iat, exp } = verified(token, ADMIN, ACCESS_OF_ADMINS);
    const own = { actor: sub, ...(sid !== undefined && { sid }), role: role as AdminRole };
    return { ...own, issuedAt: iat * 1_000, expiresAt: exp * 1_000 };
  }

  function signerOf(token: string): string | null {
    if (token.length > LONGEST_TOKEN) return null;
    try {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const key = ring.keys.get(kid ?? '');
      if (!key) return null;
      const payload = jwt.verify(token, key, {
        algorithms: [ALGORITHM],
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      return typeof payload === 'object' && isId(payload.sub) ? payload.sub : null;
    } catch {
      return null;
    }
  }

  function payloadOf(token: string, kind: Kind, now: number): (OurPayload & { kid: string }) | null {
    try {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const { header, payload } = jwt.verify(token, ring.keys.get(kid ?? '') ?? decoy, {
        complete: true,
        algorithms: [ALGORITHM],
        issuer: PARTY,
        audience: kind.aud,
        clockTimestamp: now,
        // Its tolerance would count for `exp` too; see `isOurs`.
        ignoreNotBefore: true,
      });
      const isGood = hasHeaderOf(kind, header) && typeof payload === 'object' && isOf(kind, payload, now);
      return isGood ? { ...payload, kid: kid ?? '' } : null;
    } catch {
      return null;
    }
  }

  return {
    sign,
    verify,
    signAdmin: ({ actor, role }, seconds) => signed(ADMIN, { sub: actor, role }, seconds),
    verifyAdmin,
    signerOf,
    replaceKeys(next) {
      ring = ringOf(next);
    },
  };
}

interface Ring {
  first: string;
  key: KeyObject;
  keys: ReadonlyMap<string, KeyObject>;
}

function ringOf(list: readonly JwtKey[]): Ring {
  const keys = new Map(list.map(({ kid, secret }) => [kid, createSecretKey(Buffer.from(secret))]));
  const [first] = keys;
  if (first === undefined) throw new Error('There is no key to sign with');
  return { first: first[0], key: first[1], keys };
}

/** No `jwk`, `jku`, `x5u`, `crit` …: we never write them, and obey none. */
function hasHeaderOf({ typ }: Kind, header: jwt.JwtHeader): boolean {
  return header.typ === typ && Object.keys(header).every((name) => HEADERS.includes(name));
}

interface OurPayload {
  sub: UserId;
  sid?: string;
  /** One of its kind. */
  role: string;
  iat: number;
  exp: number;
}

function isOf({ roles }: Kind, payload: jwt.JwtPayload, now: number): payload is jwt.JwtPayload & OurPayload {
  const { sub, sid, role, iat, nbf = 0, exp } = payload;
  return (
    isId(sub) &&
    (sid === undefined || isId(sid)) &&
    roles.some((known) => known === role) &&
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    Math.max(iat, nbf) <= now + SKEW_S
  );
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign as signature } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import { ACCESS_TTL_S, createTokens } from '../../server/session/tokens.ts';
import type { Tokens } from '../../server/session/tokens.ts';
import { ManualClock } from '../support/manual-clock.ts';

const KEY = { kid: 'k1', secret: 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B' };
const NEXT = { kid: 'k2', secret: 'Zk4vQ8tYn2Wb6Xc0Lr9Sg5Ph7Md3Jf1A' };
const HOLDER = { user: 'u-1', sid: 's-1', role: 'user' } as const;

let clock: ManualClock;
let tokens: Tokens;

beforeEach(() => {
  clock = new ManualClock();
  tokens = createTokens({ keys: [KEY], clock });
});

type Json = Record<string, unknown>;

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function read(token: string, index: number): Json {
  return JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString()) as Json;
}

/** A token by hand: what ours looks like, but for what is named; properly signed with the server's own key. */
function forged({ header = {}, claims = {} }: { header?: Json; claims?: Json }, secret = KEY.secret): string {
  const iat = Math.floor(clock.now() / 1_000);
  const ours = { iss: 'chahua', aud: 'chahua', sub: 'u-1', sid: 's-1', role: 'user', iat, exp: iat + 900 };
  const signed = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1', ...header })}.${part({ ...ours, ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function assertRefused(token: string, what: string): void {
  assert.throws(
    () => tokens.verify(token),
    (error) => {
      assert.ok(error instanceof Refusal, what);
      const { code, message } = error;
      assert.deepEqual(
        { code, message },
        { code: 'UNAUTHORIZED', message: 'The token is missing, invalid, expired or revoked.' },
      );
      assert.equal(error.cause, undefined, what);
      return true;
    },
    what,
  );
}

test('a token gives back its holder and the moment it expires', () => {
  const { access, expiresAt } = tokens.sign(HOLDER);
  assert.deepEqual(tokens.verify(access), { ...HOLDER, kid: 'k1', expiresAt });
  assert.equal(expiresAt, Math.floor(clock.now() / 1_000) * 1_000 + 15 * 60_000);
});

test('a token of the command line has a role and no login', () => {
  const { access, expiresAt } = tokens.sign({ user: 'u-1', role: 'user' });
  assert.deepEqual(tokens.verify(access), { user: 'u-1', role: 'user', kid: 'k1', expiresAt });
});

test('a token on the wire is as the protocol says', () => {
  const { access } = tokens.sign(HOLDER);
  const iat = Math.floor(clock.now() / 1_000);
  assert.deepEqual(read(access, 0), { alg: 'HS256', typ: 'at+jwt', kid: 'k1' });
  assert.deepEqual(read(access, 1), {
    iss: 'chahua',
    aud: 'chahua',
    sub: 'u-1',
    sid: 's-1',
    role: 'user',
    iat,
    exp: iat + ACCESS_TTL_S,
  });
});

test('the forgery of these tests is a good token until something in it is changed', () => {
  assert.equal(tokens.verify(forged({})).user, 'u-1');
});

test('a token is good until the very moment it expires and not after, whatever the skew of clocks', () => {
  const { access, expiresAt } = tokens.sign(HOLDER);
  clock.advance(expiresAt - clock.now() - 1);
  assert.equal(tokens.verify(access).user, 'u-1');
  clock.advance(1);
  assertRefused(access, 'at exp');
  clock.advance(29_000);
  assertRefused(access, '29 s after exp');
});

test('a node whose clock is up to 30 s ahead signs tokens that are good here, one further ahead does not', () => {
  const now = Math.floor(clock.now() / 1_000);
  tokens.verify(forged({ claims: { iat: now + 30 } }));
  tokens.verify(forged({ claims: { nbf: now + 30 } }));
  assertRefused(forged({ claims: { iat: now + 31 } }), 'iat');
  assertRefused(forged({ claims: { nbf: now + 31 } }), 'nbf');
});

test('S1: what is no token, or one of another issuer or for another audience, is refused in the same words', () => {
  const good = tokens.sign(HOLDER).access;
  const [header, claims, mac] = good.split('.') as [string, string, string];
  const malformed = [
    '',
    '.',
    '..',
    '...',
    'null',
    `${header}.${claims}`,
    `${header}.${claims}.`,
    `${good}.`,
    ` ${good}`,
  ];
  for (const token of [
    ...malformed,
    `${header}..${mac}`,
    `.${claims}.${mac}`,
    `${part('x')}.${claims}.${mac}`,
  ]) {
    assertRefused(token, JSON.stringify(token));
  }
  assertRefused('a'.repeat(1_000_000), 'a megabyte');
  assertRefused(forged({ claims: { pad: 'x'.repeat(2_000) } }), 'longer than any of ours');
  assertRefused(
    `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1', pad: 'x'.repeat(2_000) })}.${claims}.${mac}`,
    'long',
  );
  for (const iss of ['', 'other', 'chahua2', undefined, ['chahua']])
    assertRefused(forged({ claims: { iss } }), `iss ${String(iss)}`);
  for (const aud of ['', 'other', undefined, ['other']])
    assertRefused(forged({ claims: { aud } }), `aud ${String(aud)}`);
  for (const exp of [undefined, null, 'never', -1, 0])
    assertRefused(forged({ claims: { exp } }), `exp ${String(exp)}`);
  for (const sub of [undefined, '', 1, '../u', { $ne: null }, 'x'.repeat(33)])
    assertRefused(forged({ claims: { sub } }), `sub ${JSON.stringify(sub)}`);
  for (const sid of [null, '', 1, { $gt: '' }])
    assertRefused(forged({ claims: { sid } }), `sid ${JSON.stringify(sid)}`);
  for (const role of [undefined, '', 'admin', 'toString', ['user']])
    assertRefused(forged({ claims: { role } }), `role ${String(role)}`);
  assertRefused(forged({ claims: { iat: undefined } }), 'no iat');
});

test('S1: a changed claim or signature is refused', () => {
  const { access } = tokens.sign(HOLDER);
  const [header, , mac] = access.split('.') as [string, string, string];
  assertRefused(`${header}.${part({ ...read(access, 1), sub: 'u-2' })}.${mac}`, 'other user');
  assertRefused(`${access.slice(0, -2)}${access.endsWith('AA') ? 'BB' : 'AA'}`, 'other mac');
  assertRefused(forged({}, NEXT.secret), 'other secret');
  assertRefused(forged({}, ''), 'empty secret');
});

test('S1: a bad signature, an unknown key and a wrong algorithm take about as long to refuse', () => {
  const medianOf = (token: string): number => {
    const times = Array.from({ length: 101 }, () => {
      const began = process.hrtime.bigint();
      assertRefused(token, 'timed');
      return Number(process.hrtime.bigint() - began) / 1e6;
    });
    return times.sort((a, b) => a - b)[50]!;
  };
  const medians = [
    forged({}, NEXT.secret),
    forged({ header: { kid: 'k9' } }),
    forged({ header: { alg: 'none' } }),
  ].map(medianOf);
  assert.ok(Math.max(...medians) - Math.min(...medians) < 5, medians.join(' ms, '));
});

test('S2: alg none is refused in every spelling, with and without a signature', () => {
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
    const token = forged({ header: { alg } });
    assertRefused(token, alg);
    assertRefused(token.replace(/[^.]+$/, ''), `${alg}, unsigned`);
  }
});

test('S2: another algorithm is refused, be it HMAC with our key or a signature with the key of the sender', () => {
  for (const [alg, hash] of [
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ] as const) {
    const [header, claims] = forged({ header: { alg } }).split('.');
    const mac = createHmac(hash, KEY.secret).update(`${header}.${claims}`).digest('base64url');
    assertRefused(`${header}.${claims}.${mac}`, alg);
  }
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const [alg, key] of [
    ['RS256', rsa.privateKey],
    ['PS256', rsa.privateKey],
    ['ES256', ec.privateKey],
  ] as const) {
    const [header, claims] = forged({ header: { alg } }).split('.');
    const mac = signature('sha256', Buffer.from(`${header}.${claims}`), { key, dsaEncoding: 'ieee-p1363' });
    assertRefused(`${header}.${claims}.${mac.toString('base64url')}`, alg);
  }
});

test('S2: a token cannot bring or name its own key', () => {
  const jwk = { kty: 'oct', k: Buffer.from(NEXT.secret).toString('base64url') };
  const headers: Json[] = [
    { jwk },
    { jku: 'https://evil.example/keys.json' },
    { x5u: 'https://evil.example/cert.pem' },
    { x5c: ['MIIB'] },
    { crit: ['exp'] },
    { b64: false },
  ];
  for (const header of headers) {
    assertRefused(forged({ header }, NEXT.secret), `${Object.keys(header)[0]}, signed with the key it names`);
    assertRefused(forged({ header }), `${Object.keys(header)[0]}, signed with ours`);
  }
});

test('S2: a kid that is unknown, a path, a query, a property of objects or no string finds no key', () => {
  const kids = [
    'k9',
    '',
    '../../dev/null',
    "' or 1=1",
    '__proto__',
    'constructor',
    'k1\u0000',
    1,
    null,
    ['k1'],
    {},
  ];
  for (const kid of kids) {
    assertRefused(forged({ header: { kid } }), `kid ${JSON.stringify(kid)}, our secret`);
    assertRefused(forged({ header: { kid } }, ''), `kid ${JSON.stringify(kid)}, empty secret`);
  }
  assertRefused(forged({ header: { kid: undefined } }), 'no kid');
});

test('S4: a token of another type is refused, though signed with the same key', () => {
  for (const typ of ['JWT', 'jwt', 'rt+jwt', 'AT+JWT', 'application/at+jwt', '', undefined]) {
    assertRefused(forged({ header: { typ } }), `typ ${String(typ)}`);
  }
});

test('S7: in the overlap both keys are good, the first signs, and after it the old one fails', () => {
  const old = tokens.sign(HOLDER).access;
  tokens.replaceKeys([NEXT, KEY]);
  const fresh = tokens.sign(HOLDER).access;
  assert.equal(read(fresh, 0).kid, 'k2');
  assert.equal(tokens.verify(old).user, 'u-1');
  assert.equal(tokens.verify(fresh).user, 'u-1');
  tokens.replaceKeys([NEXT]);
  assertRefused(old, 'withdrawn key');
  assert.equal(tokens.verify(fresh).user, 'u-1');
});

test('S7: a kid that is used for a new secret does not accept the tokens of the old one', () => {
  const old = tokens.sign(HOLDER).access;
  tokens.replaceKeys([{ kid: KEY.kid, secret: NEXT.secret }]);
  assertRefused(old, 'old secret');
});

test('no keys at all is a mistake that is told at once, and the keys in force stay', () => {
  assert.throws(() => createTokens({ keys: [], clock }), /no key to sign with/);
  assert.throws(() => tokens.replaceKeys([]), /no key to sign with/);
  assert.equal(tokens.verify(tokens.sign(HOLDER).access).user, 'u-1');
});

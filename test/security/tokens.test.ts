/** S1, S2, S4, S9: who may say hello. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, sign as signWith } from 'node:crypto';
import { after, before, test } from 'node:test';
import { login, RawClient, type Login } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Attacker, type Answer } from './attacker.ts';
import { forge, hmac, KEYS, SECRET, type Forgery } from './forged-token.ts';

let server: ServerProcess;
let alice: Login;

before(async () => {
  server = await ServerProcess.start({ env: { JWT_KEYS: KEYS, LOG_LEVEL: 'trace' } });
  alice = await login(server.url, 'alice');
});
after(() => server.stop());

/** What the server says to a hello that it does not accept. */
async function refusedHello(body: object): Promise<{ reply: Answer | undefined; code: number }> {
  const attacker = await Attacker.connect(server.url);
  const [reply] = await attacker.say({ id: 1, op: 'session.hello', body: { version: 1, ...body } });
  const { code } = await attacker.end();
  return { reply, code };
}

async function assertRefused(body: object): Promise<void> {
  const { reply, code } = await refusedHello(body);
  assert.equal(reply?.ok, false);
  assert.equal(code, 4401);
  assert.equal(reply.error?.code, 'UNAUTHORIZED');
}

const past = () => Math.floor(Date.now() / 1000) - 60;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const own = randomBytes(32).toString('base64url');
const jwk = { kty: 'oct', k: Buffer.from(own).toString('base64url') };

const forgeries: Record<string, Forgery> = {
  'S1 expired': { claims: { exp: past() } },
  'S1 without an expiry': { claims: { exp: undefined } },
  'S1 of another issuer': { claims: { iss: 'elsewhere' } },
  'S1 without an issuer': { claims: { iss: undefined } },
  'S1 for another audience': { claims: { aud: 'elsewhere' } },
  'S1 without an audience': { claims: { aud: undefined } },
  'S1 without a subject': { claims: { sub: undefined } },
  'S1 of a user who does not exist': { claims: { sub: 'nobody', sid: 'nowhere' } },
  'S1 of a login that does not exist': { claims: { sid: 'nowhere' } },
  'S1 not valid yet': { claims: { nbf: past() + 3_600 } },
  'S1 signed by another key': { sign: hmac(own) },
  'S2 with alg none and no signature': { header: { alg: 'none' }, sign: () => '' },
  'S2 with alg None and no signature': { header: { alg: 'None' }, sign: () => '' },
  'S2 with alg none and the right signature': { header: { alg: 'none' } },
  'S2 with HS512 and the right secret': { header: { alg: 'HS512' }, sign: hmac(SECRET, 'sha512') },
  'S2 with RS256 and a key of the attacker': {
    header: { alg: 'RS256' },
    sign: (signed) => signWith('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url'),
  },
  'S2 with ES256 and a key of the attacker': {
    header: { alg: 'ES256' },
    sign: (signed) =>
      signWith('sha256', Buffer.from(signed), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
        'base64url',
      ),
  },
  'S2 with RS256 and an HMAC': { header: { alg: 'RS256' } },
  'S2 with its own key as jwk': { header: { jwk }, sign: hmac(own) },
  'S2 with a jku': { header: { jku: 'http://127.0.0.1:9/keys' }, sign: hmac(own) },
  'S2 with an x5u': { header: { x5u: 'http://127.0.0.1:9/keys' }, sign: hmac(own) },
  'S2 with a kid that is not known': { header: { kid: 'k2' } },
  'S2 without a kid': { header: { kid: undefined } },
  'S2 with a path as kid and an empty key': { header: { kid: '../../dev/null' }, sign: hmac('') },
  'S2 with SQL as kid': { header: { kid: "' or 1=1" }, sign: hmac(own) },
  'S2 with a prototype’s name as kid': { header: { kid: '__proto__' }, sign: hmac('') },
  'S2 with critical headers': { header: { crit: ['exp'] } },
  'S4 of type JWT': { header: { typ: 'JWT' } },
  'S4 of no type': { header: { typ: undefined } },
  'S4 of type refresh': { header: { typ: 'rt+jwt' } },
  'S4 for uploads': { claims: { aud: 'chahua-files' } },
};

test('a token made by hand as the protocol says is accepted, so that the forgeries fail for their own reason', async () => {
  const client = await RawClient.connect(server.url);
  const hello = await client.hello({ token: forge(alice.access, {}) });
  assert.equal(hello.user.id, alice.user.id);
  await client.close();
});

for (const [what, forgery] of Object.entries(forgeries)) {
  test(`${what}: a typed error, then 4401`, () => assertRefused({ token: forge(alice.access, forgery) }));
}

const malformed: Record<string, unknown> = {
  'S1 no token': undefined,
  'S1 an empty token': '',
  'S1 a token that is no JWT': 'not.a.token',
  'S1 a token of two parts': 'a.b',
  'S1 a token of 60,000 characters': 'x'.repeat(60_000),
};
for (const [what, token] of Object.entries(malformed)) {
  test(`${what}: a typed error, then 4401`, () => assertRefused({ token }));
}

test('S1 a changed payload under the old signature: 4401', async () => {
  const [head, , signature] = alice.access.split('.');
  const [, payload] = forge(alice.access, { claims: { role: 'operator' } }).split('.');
  await assertRefused({ token: `${head}.${payload}.${signature}` });
});

test('S4 a refresh token is no access token: 4401', () => assertRefused({ token: alice.refresh }));

test('S1 the words do not tell an unknown user from a bad signature, nor does the time', async () => {
  const tokens = {
    stranger: forge(alice.access, { claims: { sub: 'nobody', sid: 'nowhere' } }),
    badly: forge(alice.access, { sign: hmac(own) }),
  };
  const words = new Set<string | undefined>();
  const timeOf = async (token: string) => {
    const attacker = await Attacker.connect(server.url);
    const began = performance.now();
    const [reply] = await attacker.say({ id: 1, op: 'session.hello', body: { version: 1, token } });
    const took = performance.now() - began;
    words.add(reply?.error?.message);
    await attacker.cut();
    return took;
  };
  const median = (values: number[]) => values.sort((one, other) => one - other)[values.length >> 1]!;
  /** In turns, so that what else the machine does falls upon both. */
  const apart = async () => {
    const times: [stranger: number, badly: number][] = [];
    for (let round = 0; round < 31; round++) {
      times.push([await timeOf(tokens.stranger), await timeOf(tokens.badly)]);
    }
    return Math.abs(median(times.map(([stranger]) => stranger)) - median(times.map(([, badly]) => badly)));
  };
  // What a leak adds is there each time; what a busy machine adds is not.
  let least = Infinity;
  for (let tries = 0; tries < 5 && least >= 5; tries++) least = Math.min(least, await apart());
  assert.ok(least < 5, `${least.toFixed(2)} ms apart`);
  assert.equal(words.size, 1);
});

test('a second hello with another user’s token does not change who one is', async () => {
  const bob = await login(server.url, 'bob');
  const attacker = await Attacker.signedIn(server.url, alice.access);
  const [reply] = await attacker.say({ id: 2, op: 'session.hello', body: { version: 1, token: bob.access } });
  assert.equal(reply?.ok ?? false, false);
  await attacker.cut();
});

test('anything before hello closes with 4400', async () => {
  const attacker = await Attacker.connect(server.url);
  await attacker.say({ id: 1, op: 'room.list', body: {} });
  assert.equal((await attacker.end()).code, 4400);
});

test('a version that is not served closes with 4503', async () => {
  const attacker = await Attacker.connect(server.url);
  await attacker.say({ id: 1, op: 'session.hello', body: { version: 99, token: alice.access } });
  assert.equal((await attacker.end()).code, 4503);
});

test('S9 a token in the query string counts for nothing, and no secret is ever in the log', async () => {
  const text = `text-${own}`;
  const attacker = await Attacker.connect(server.url, {
    path: `/ws?token=${alice.access}&access=${alice.access}`,
  });
  await attacker.say({ id: 1, op: 'room.list', body: {} });
  assert.equal((await attacker.end()).code, 4400);
  await fetch(`${server.url}/v1/me?access_token=${alice.access}`);
  await fetch(`${server.url}/v1/nothing/${alice.refresh}`, {
    headers: { authorization: `Bearer ${alice.access}` },
  });

  const carol = await RawClient.arrive(server.url, 'carol');
  const { room } = await carol.client.ask('room.create', { kind: 'group', name: text.slice(0, 32) });
  await carol.client.sendText(room.id, 'c1', text);
  await carol.client.request('message.send', {
    room: room.id,
    cid: 'c2',
    kind: 'text',
    body: { text: { $ne: text } },
  });
  await carol.client.request(text, { text });
  await carol.client.ask('session.renew', { token: carol.login.access });
  carol.client.socket.sendText(`{"id": "${text}`);
  await carol.client.closed;
  const post = (path: string, body: string) =>
    fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await post('/v1/refresh', JSON.stringify({ refresh: alice.refresh }));
  await post('/v1/refresh', JSON.stringify({ refresh: [alice.refresh] }));
  await post('/v1/logout', JSON.stringify({ refresh: carol.login.refresh }));
  await post('/v1/login', `{"dev": "${carol.login.access}`);

  // Windows has no SIGTERM: there the process just ends.
  assert.equal(await server.sigterm(), process.platform === 'win32' ? null : 0);
  const log = server.logs.join('\n');
  assert.ok(log.length > 0);
  const secrets = [SECRET, alice.access, alice.refresh, carol.login.access, carol.login.refresh, own];
  for (const secret of secrets) assert.equal(log.includes(secret), false, 'a secret is in the log');
});

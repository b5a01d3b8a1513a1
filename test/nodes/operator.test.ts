/** What an operator does on one node counts on the other: `chahua status`, a ban, a token that is revoked. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { at } from '../cli/terminal.ts';
import { withDatabase } from '../store/mongo-database.ts';
import { type Administered, adminWith } from '../support/admin.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { NatsProcess } from '../support/nats-process.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const TOLD_MS = 2_000;

interface Status {
  nodes: { id: string; name: string; store: { up: boolean }; bus: { up: boolean }; sockets: number }[];
  silent: { id: string }[];
}

await againstMongo(({ url }) => {
  /** Two servers with one database, one bus and the same keys. */
  async function twoServers(t: TestContext) {
    const nats = await NatsProcess.start(t);
    if (!nats) return null;
    const MONGODB_URL = withDatabase(url, `chahua_test_${randomBytes(6).toString('hex')}`);
    const env = { MONGODB_URL, NATS_URL: nats.url };
    const one = await ServerProcess.start({ env });
    t.after(() => one.stop());
    const JWT_KEYS_FILE = join(one.dataDir, 'keys.json');
    const two = await ServerProcess.start({ env: { ...env, JWT_KEYS_FILE } });
    t.after(() => two.stop());
    const desk = (server: ServerProcess): Administered => ({ dataDir: one.dataDir, adminUrl: server.admin });
    return { nats, one, two, first: desk(one), second: desk(two) };
  }

  test('status on either node lists both, and names the one that was killed, or all others while NATS is gone', async (t) => {
    const house = await twoServers(t);
    if (!house) return;
    const { nats, one, two, first, second } = house;
    const { client } = await RawClient.arrive(two.url, 'ann');
    const statusOf = async (server: Administered): Promise<Status> =>
      JSON.parse((await at(server).run('status', '--json')).out) as Status;
    for (const server of [first, second]) {
      let status = await statusOf(server);
      const isWell = (): boolean => status.nodes.every(({ store, bus }) => store.up && bus.up);
      // A store that other tests keep busy may not answer the first time.
      for (let tries = 0; !isWell() && tries < 20; tries += 1) status = await statusOf(server);
      assert.ok(isWell());
      const { nodes, silent } = status;
      assert.equal(nodes.length, 2);
      assert.equal(
        nodes.reduce((sum, { sockets }) => sum + sockets, 0),
        1,
      );
      assert.deepEqual(silent, []);
    }
    const said = await at(first).run('status');
    assert.equal(said.code, 0);
    for (const { port } of [one.url, two.url].map((address) => new URL(address))) {
      assert.match(said.out, new RegExp(`:${port}\\b`), said.out);
    }

    const before = await statusOf(first);
    await client.cut();
    await two.kill9();
    const after = await statusOf(first);
    assert.equal(after.nodes.length, 1);
    const [left] = after.nodes;
    assert.deepEqual(
      after.silent.map(({ id }) => id),
      before.nodes.flatMap(({ id }) => (id === left?.id ? [] : [id])),
    );
    assert.match((await at(first).run('status')).out, /1, and 1 silent/);

    await nats.kill();
    const alone = await statusOf(first);
    assert.deepEqual([alone.nodes.length, alone.silent.length], [1, 1]);
  });

  test('who is banned on one node is closed with 4501 on the other within 2 s, and comes in nowhere', async (t) => {
    const house = await twoServers(t);
    if (!house) return;
    const { one, two, first } = house;
    const { client, login: ann } = await RawClient.arrive(two.url, 'ann');
    const began = performance.now();
    const done = await at(first).run('user', 'ban', ann.user.id, '--reason', 'spam', '--yes');
    assert.equal(done.code, 0, done.err);
    assert.equal((await client.closed).code, 4501);
    const tookMs = performance.now() - began;
    assert.ok(tookMs < TOLD_MS, `${tookMs} ms`);
    for (const server of [one, two]) {
      const again = await RawClient.connect(server.url);
      assert.equal((await again.request('session.hello', { version: 1, token: ann.access })).ok, false);
      await again.closed;
    }
  });

  test('a token that is revoked on one node opens nothing on the other from then on', async (t) => {
    const house = await twoServers(t);
    if (!house) return;
    const { one, first, second } = house;
    const { user } = await login(one.url, 'mod');
    const issued = await at(first).run('token', 'issue', '--user', user.id, '--role', 'moderator', '--json');
    assert.equal(issued.code, 0, issued.err);
    const { token } = JSON.parse(issued.out) as { token: string };
    const [here, there] = [adminWith(first.adminUrl, token), adminWith(second.adminUrl, token)];
    assert.deepEqual([(await here.get('/users')).status, (await there.get('/users')).status], [200, 200]);
    assert.equal((await at(first).run('token', 'revoke', user.id, '--yes')).code, 0);
    assert.deepEqual([(await here.get('/users')).status, (await there.get('/users')).status], [401, 401]);
  });
});

/** A client written from the protocol alone, on two nodes over a real NATS server: what one says the other hears. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { login, RawClient } from '../support/raw-client.ts';
import { NatsProcess } from '../support/nats-process.ts';
import { Nodes } from '../support/nodes.ts';

const LIMITS = 'sends=10000/10000';

/** Ann is on node 0, Bob on node 1, Cat on both; they share an open group. */
async function setUp(t: TestContext, env: Record<string, string>) {
  const nats = await NatsProcess.start(t);
  if (!nats) return null;
  const nodes = await Nodes.start(t, 2, { NATS_URL: nats.url, LIMITS, HEARTBEAT_MS: '60000', ...env });
  const [zero, one] = [nodes.url(0), nodes.url(1)];
  const ann = await RawClient.arrive(zero, 'ann');
  const bob = await RawClient.arrive(one, 'bob');
  const { room } = await ann.client.ask('room.create', { kind: 'group', name: 'tea', open: true });
  await bob.client.ask('room.join', { room: room.id });
  return { nats, nodes, zero, one, ann, bob, room: room.id };
}

const took = async (work: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work;
  return performance.now() - began;
};

/** `env`: which store the nodes share; none: the embedded one, behind a hub. */
export async function twoNodes(t: TestContext, env: Record<string, string> = {}): Promise<void> {
  const house = await setUp(t, env);
  if (!house) return;
  const { nats, nodes, zero, one, ann, bob, room } = house;
  const [annIs, bobIs] = [ann.login.user.id, bob.login.user.id];
  const hears = (client: RawClient, seq: number, limitMs = 5_000): Promise<void> =>
    client.until(`entry ${seq}`, () => client.entries(room).some((entry) => entry.seq === seq), limitMs);

  await t.test('a text sent on one is read on the other, live and from history, in one order', async () => {
    const first = await ann.client.sendText(room, 'c1', '下午三点');
    const second = await bob.client.sendText(room, 'c2', '好');
    assert.equal(second.seq, first.seq + 1);
    await Promise.all([hears(ann.client, second.seq), hears(bob.client, second.seq)]);
    assert.deepEqual(await ann.client.history(room), await bob.client.history(room));
  });

  await t.test(
    'a cid that is sent again on the other node gets the first seq, and is heard once',
    async () => {
      const first = await ann.client.sendText(room, 'again', 'x');
      const { client } = await RawClient.arrive(one, 'ann');
      const second = await client.sendText(room, 'again', 'x');
      assert.deepEqual(second, { ...first, repeated: true });
      const last = await ann.client.sendText(room, 'after', 'y');
      await hears(bob.client, last.seq);
      assert.equal(bob.client.entries(room).filter(({ cid }) => cid === 'again').length, 1);
      await client.close();
    },
  );

  await t.test('typing, read markers and a new direct room reach the other node', async () => {
    ann.client.notify('room.typing', { room });
    await bob.client.until('typing', () => bob.client.pushed('typing').some(({ user }) => user === annIs));
    await bob.client.ask('room.read', { room, seq: 1 });
    await bob.client.ask('room.read', { room, seq: 4 });
    await ann.client.until('read', () => ann.client.pushed('read').some(({ user }) => user === bobIs));
    const { room: direct } = await ann.client.ask('room.open', { user: bobIs });
    await bob.client.until('the room', () =>
      bob.client.pushed('room').some((push) => push.room.id === direct.id),
    );
    const { seq } = await ann.client.sendText(direct.id, 'd1', 'psst');
    await bob.client.until('the text', () =>
      bob.client.entries(direct.id).some((entry) => entry.seq === seq),
    );
  });

  await t.test(
    'a peer on another node is online, until the last of their sockets on any node goes',
    async () => {
      const stand = (): boolean | undefined =>
        ann.client
          .pushed('presence')
          .filter(({ user }) => user === bobIs)
          .at(-1)?.online;
      await ann.client.until('bob is online', () => stand() === true);
      const here = await RawClient.arrive(zero, 'bob');
      const told = ann.client.pushed('presence').length;
      await here.client.close();
      const { client } = await RawClient.arrive(one, 'stranger');
      await client.close();
      assert.equal(ann.client.pushed('presence').length, told, 'bob is still on node 1');
    },
  );

  await t.test(
    'who was removed on one node hears and reads nothing more on the other, from the ack on',
    async () => {
      const cat = await RawClient.arrive(one, 'cat');
      await cat.client.ask('room.join', { room });
      const removed = await ann.client.ask('room.manage', {
        room,
        cid: 'rm',
        action: 'remove',
        user: cat.login.user.id,
      });
      // At once, whether or not the other node has heard of it.
      assert.equal((await cat.client.request('message.history', { room })).ok, false);
      assert.equal((await cat.client.request('room.members', { room })).ok, false);
      const after = await ann.client.sendText(room, 'secret', 'without cat');
      await hears(bob.client, after.seq);
      await cat.client.until('gone', () => cat.client.pushed('gone').length > 0);
      assert.ok(cat.client.entries(room).every(({ seq }) => seq < removed.seq));
      await cat.client.close();
    },
  );

  await t.test('a logout on one node closes the sockets of that login on the other within 2 s', async () => {
    const dan = await login(zero, 'dan');
    const client = await RawClient.connect(one);
    await client.hello({ token: dan.access });
    await logout(zero, dan.refresh);
    const ms = await took(client.closed);
    assert.equal((await client.closed).code, 4401);
    assert.ok(ms < 2_000, `${ms} ms`);
  });

  await t.test(
    'with NATS dead sends go on, are read on the other node, and a logout still counts',
    async () => {
      await nats.kill();
      const eve = await login(zero, 'eve');
      const client = await RawClient.connect(one);
      await client.hello({ token: eve.access });
      const { seq } = await ann.client.sendText(room, 'dark', 'nobody carries this');
      t.diagnostic(`read from the store after ${(await took(hears(bob.client, seq))).toFixed(0)} ms`);
      await logout(zero, eve.refresh);
      t.diagnostic(`logged out after ${(await took(client.closed)).toFixed(0)} ms`);
      assert.equal((await client.closed).code, 4401);
      assert.equal((await fetch(`${zero}/readyz`)).status, 503);
      await nats.begin();
      const next = await bob.client.sendText(room, 'light', 'again');
      await hears(ann.client, next.seq);
    },
  );

  await t.test('where a node is killed its people resume on the other, without a hole', async () => {
    const cursor = bob.client.entries(room).at(-1)?.seq ?? 0;
    await nodes.kill9(1);
    await bob.client.closed;
    const missed = await ann.client.sendText(room, 'meanwhile', 'bob is away');
    const back = await RawClient.arrive(zero, 'bob', { cursors: { [room]: cursor } });
    await hears(back.client, missed.seq);
    const seqs = back.client.entries(room).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => cursor + 1 + i),
    );
    await back.client.close();
    await ann.client.close();
  });
}

async function logout(url: string, refresh: string): Promise<void> {
  const response = await fetch(`${url}/v1/logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh }),
  });
  assert.equal(response.status, 200);
}

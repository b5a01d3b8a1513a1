/** M19: a message is stored, its acknowledgement is lost, and the sender sends it again. */
import assert from 'node:assert/strict';
import { before, after, test } from 'node:test';
import type { SendReply } from '../../miniprogram/protocol/frames.ts';
import { login, Lost, RawClient, type Login } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

let server: ServerProcess;
let alice: Login;
let bob: Login;
let room: string;
let witness: RawClient;

before(async () => {
  server = await ServerProcess.start({ env: { LIMITS: 'sends=10000/10000', HEARTBEAT_MS: '60000' } });
  [alice, bob] = [await login(server.url, 'alice'), await login(server.url, 'bob')];
  const client = await arrive(alice);
  const members = [bob.user.id];
  ({ id: room } = (await client.ask('room.create', { kind: 'group', name: 'replies', members })).room);
  await client.close();
  witness = await arrive(bob);
  server.prepare();
});
after(() => server.stop());

async function arrive({ access }: Login, url = server.url): Promise<RawClient> {
  const client = await RawClient.connect(url);
  await client.hello({ token: access });
  return client;
}

const copiesOf = (cid: string) => witness.entries(room).filter((entry) => entry.cid === cid);

/** Alice sends; the server stores it (Bob has seen it), and its answer never reaches her. Gives the seq. */
async function sendUnanswered(cid: string): Promise<number> {
  const proxy = await TcpProxy.listen(server.url);
  const client = await arrive(alice, proxy.url);
  proxy.swallow('down');
  const lost = assert.rejects(client.sendText(room, cid, `text of ${cid}`), Lost);
  await witness.until(`${cid} at the witness`, () => copiesOf(cid).length > 0);
  await proxy.close();
  await lost;
  return copiesOf(cid)[0]!.seq;
}

async function sendAgain(cid: string): Promise<SendReply> {
  const client = await arrive(alice);
  const reply = await client.sendText(room, cid, `text of ${cid}`);
  await client.close();
  return reply;
}

test('sent again on a new socket, it has the same seq and is fanned out once', async () => {
  for (let count = 0; count < 10; count++) {
    const cid = `cut-${count}`;
    const seq = await sendUnanswered(cid);
    const { seq: again, repeated } = await sendAgain(cid);
    assert.deepEqual({ again, repeated }, { again: seq, repeated: true });
    const marker = await sendAgain(`after-${cid}`);
    await witness.until('the next message', () => witness.entries(room).at(-1)!.seq >= marker.seq);
    assert.equal(copiesOf(cid).length, 1);
  }
});

test('sent again after kill -9 and a restart, it has the same seq and is stored once', async () => {
  const sent = new Map<string, number>();
  for (let count = 0; count < 5; count++) sent.set(`kill-${count}`, await sendUnanswered(`kill-${count}`));
  await server.kill9();
  await server.restart();
  witness = await arrive(bob);
  for (const [cid, seq] of sent) {
    const { seq: again, repeated } = await sendAgain(cid);
    assert.deepEqual({ again, repeated }, { again: seq, repeated: true });
  }
  const log = await witness.history(room);
  for (const cid of sent.keys()) assert.equal(log.filter((entry) => entry.cid === cid).length, 1);
  assert.deepEqual(
    log.map((entry) => entry.seq),
    log.map((_, index) => index + 1),
  );
});

test('sent twice in one breath on one socket, both are told one seq and it is fanned out once', async () => {
  const client = await arrive(alice);
  const cids = Array.from({ length: 15 }, (_, count) => `breath-${count}`);
  const replies = await Promise.all(
    cids.map((cid) => Promise.all([0, 1].map(() => client.sendText(room, cid, `text of ${cid}`)))),
  );
  for (const [first, second] of replies as [SendReply, SendReply][]) {
    assert.deepEqual(second, { ...first, repeated: true });
  }
  const last = await client.sendText(room, 'breath-end', 'end');
  await witness.until('the last', () => witness.entries(room).at(-1)!.seq >= last.seq);
  for (const cid of cids) assert.equal(copiesOf(cid).length, 1);
  await client.close();
});

test('sent at the same time on two sockets of one user, both are told one seq and it is fanned out once', async () => {
  const [one, other] = [await arrive(alice), await arrive(alice)];
  const cids = Array.from({ length: 30 }, (_, count) => `twice-${count}`);
  const replies = await Promise.all(
    cids.map((cid) =>
      Promise.all([one, other].map((client) => client.sendText(room, cid, `text of ${cid}`))),
    ),
  );
  for (const [first, second] of replies as [SendReply, SendReply][]) {
    assert.equal(first.seq, second.seq);
    assert.equal(first.ts, second.ts);
    assert.deepEqual([first.repeated, second.repeated].filter(Boolean), [true]);
  }
  const last = await one.sendText(room, 'twice-end', 'end');
  await witness.until('the last', () => witness.entries(room).at(-1)!.seq >= last.seq);
  for (const cid of cids) assert.equal(copiesOf(cid).length, 1);
  await Promise.all([one.close(), other.close()]);
});

/**
 * The way of a message as somebody sees it who has read docs/protocol.md and nothing else: raw sockets against the
 * real server process, killed and started again. The same on every store.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Entry, RoomId } from '../../miniprogram/protocol/objects.ts';
import { RawClient, Refused } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const seqs = (entries: readonly Entry[]): number[] => entries.map(({ seq }) => seq);
const texts = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) => (entry.kind === 'text' && !entry.recalled ? [entry.body.text] : []));

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const reason = await asked.then(
    () => assert.fail('was not refused'),
    (error: unknown) => error,
  );
  assert.ok(reason instanceof Refused, String(reason));
  return reason.error.code;
}

/** @param env selects the store */
export function protocolSuite(store: string, env: Record<string, string>): void {
  describe(`a client written from the protocol alone, with ${store}`, () => suite(env));
}

function suite(env: Record<string, string>): void {
  let server: ServerProcess;
  before(async () => (server = await ServerProcess.start({ env: { LIMITS: 'sends=1000/1000', ...env } })));
  after(() => server.stop());

  const arrive = (name: string, more: Parameters<typeof RawClient.arrive>[2] = {}) =>
    RawClient.arrive(server.url, name, more);

  async function twoInADirectRoom(a: string, b: string) {
    const [alice, bob] = [await arrive(a), await arrive(b)];
    const { room } = await alice.client.ask('room.open', { user: bob.login.user.id });
    await bob.client.until('the room push', () =>
      bob.client.pushed('room').some((push) => push.room.id === room.id),
    );
    return { alice, bob, room: room.id };
  }

  it('everybody who logs in is in the lobby and learns its head', async () => {
    const { client, hello } = await arrive('anna');
    const [lobby] = hello.rooms;
    assert.equal(lobby?.name, '大厅');
    assert.equal(lobby.open, true);
    assert.equal(lobby.unread, 0);
    assert.deepEqual(hello.limits.sends, { perSecond: 1000, burst: 1000 });
    await client.close();
  });

  it('a text is acknowledged, and reaches sender and peer once, in order', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a1', 'b1');
    const first = await alice.client.sendText(room, 'c1', '下午三点');
    const second = await bob.client.sendText(room, 'c2', '好');
    assert.equal(second.seq, first.seq + 1);
    for (const { client } of [alice, bob]) {
      await client.until('both texts', () => client.entries(room).length >= 2);
      assert.deepEqual(texts(client.entries(room)), ['下午三点', '好']);
      await client.close();
    }
  });

  it('a repeated cid gives the first seq and is not fanned out, also after kill -9 and restart', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a2', 'b2');
    const first = await alice.client.sendText(room, 'same', 'one');
    const again = await alice.client.sendText(room, 'same', 'two');
    assert.deepEqual(again, { seq: first.seq, ts: first.ts, repeated: true });
    await server.kill9();
    await server.restart();
    const back = await arrive('a2', { cursors: { [room]: first.seq } });
    const late = await back.client.sendText(room, 'same', 'three');
    assert.deepEqual(late, { seq: first.seq, ts: first.ts, repeated: true });
    assert.deepEqual(texts(await back.client.history(room)), ['one']);
    assert.deepEqual(seqs(back.client.entries(room)), []);
    await back.client.close();
    await bob.client.closed;
  });

  it('a client that was cut resumes with its cursors and gets what it missed, in order, then the live entries', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a3', 'b3');
    const { seq } = await alice.client.sendText(room, 'x0', 'seen');
    await bob.client.until('seen', () => bob.client.entries(room).length === 1);
    const { epoch } = bob.hello;
    await bob.client.cut();
    for (let i = 1; i <= 50; i++) await alice.client.sendText(room, `x${i}`, `missed ${i}`);
    const back = await arrive('b3', { epoch, cursors: { [room]: seq } });
    await alice.client.sendText(room, 'live', 'live');
    await back.client.until('51 entries', () => back.client.entries(room).length >= 51);
    assert.deepEqual(
      seqs(back.client.entries(room)),
      Array.from({ length: 51 }, (_, i) => seq + 1 + i),
    );
    await Promise.all([alice.client.close(), back.client.close()]);
  });

  it('a room that misses more than 200 is behind, sends none of it, and is live all the same', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a4', 'b4');
    await bob.client.cut();
    for (let i = 1; i <= 205; i++) await alice.client.sendText(room, `m${i}`, `${i}`);
    const back = await arrive('b4', { cursors: { [room]: 1 } });
    const summary = back.hello.rooms.find(({ id }) => id === room);
    assert.equal(summary?.behind, true);
    assert.equal(summary.unread, 205);
    await alice.client.sendText(room, 'live', 'live');
    await back.client.until('the live one', () => back.client.entries(room).length > 0);
    assert.deepEqual(seqs(back.client.entries(room)), [summary.head + 1]);
    assert.equal((await back.client.history(room, 1)).length, 206);
    await Promise.all([alice.client.close(), back.client.close()]);
  });

  it('a cursor beyond the head, below zero, or of another epoch gives reset', async () => {
    const { alice, room } = await twoInADirectRoom('a5', 'b5');
    const { epoch } = alice.hello;
    const cases: { epoch: string; cursor: number }[] = [
      { epoch, cursor: 999 },
      { epoch, cursor: -1 },
      { epoch: 'another', cursor: 1 },
    ];
    for (const { epoch: held, cursor } of cases) {
      const back = await arrive('a5', { epoch: held, cursors: { [room]: cursor } });
      assert.equal(back.hello.rooms.find(({ id }) => id === room)?.reset, true, `${held} ${cursor}`);
      await back.client.close();
    }
    await alice.client.close();
  });

  it('pages history in all directions and says whether there is more', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a6', 'b6');
    for (let i = 2; i <= 30; i++) await alice.client.sendText(room, `h${i}`, `${i}`);
    const ask = (range: object) => alice.client.ask('message.history', { room, limit: 10, ...range });
    const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    assert.deepEqual(await ask({}).then(({ entries, more, head }) => [seqs(entries), more, head]), [
      span(21, 30),
      true,
      30,
    ]);
    assert.deepEqual(await ask({ before: 11 }).then(({ entries, more }) => [seqs(entries), more]), [
      span(1, 10),
      false,
    ]);
    assert.deepEqual(await ask({ after: 25 }).then(({ entries, more }) => [seqs(entries), more]), [
      span(26, 30),
      false,
    ]);
    const around = await ask({ around: 15 });
    assert.ok(seqs(around.entries).includes(15) && around.more);
    assert.equal(await refusalOf(ask({ before: 3, after: 1 })), 'BAD_REQUEST');
    await Promise.all([alice.client.close(), bob.client.close()]);
  });

  it('unread counts what others wrote after the read marker, and the marker reaches the peer', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a7', 'b7');
    await alice.client.sendText(room, 'u1', '1');
    const { seq } = await alice.client.sendText(room, 'u2', '2');
    await bob.client.sendText(room, 'u3', 'mine');
    const unread = async () => {
      const { rooms } = await bob.client.ask('room.list', {});
      return rooms.find(({ id }) => id === room)?.unread;
    };
    assert.equal(await unread(), 2);
    await bob.client.ask('room.read', { room, seq });
    assert.equal(await unread(), 0);
    await alice.client.until('the read push', () =>
      alice.client.pushed('read').some((push) => push.seq === seq && push.user === bob.login.user.id),
    );
    assert.equal(await refusalOf(bob.client.ask('room.read', { room, seq: 999 })), 'BAD_REQUEST');
    await Promise.all([alice.client.close(), bob.client.close()]);
  });

  it('a recalled text is erased in history, and a second recall is a conflict', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a8', 'b8');
    const { seq } = await alice.client.sendText(room, 'r1', 'oh no');
    assert.equal(
      await refusalOf(bob.client.ask('message.recall', { room, cid: 'r2', target: seq })),
      'FORBIDDEN',
    );
    const recall = await alice.client.ask('message.recall', { room, cid: 'r3', target: seq });
    assert.equal(recall.seq, seq + 1);
    const [target] = await bob.client.history(room, seq - 1);
    assert.deepEqual([target?.body, target?.recalled], [{}, true]);
    assert.equal(
      await refusalOf(alice.client.ask('message.recall', { room, cid: 'r4', target: seq })),
      'CONFLICT',
    );
    await Promise.all([alice.client.close(), bob.client.close()]);
  });

  it('whoever is removed gets gone and nothing after it; the room is as if it had never been', async () => {
    const [owner, guest] = [await arrive('owner9'), await arrive('guest9')];
    const { room } = await owner.client.ask('room.create', {
      kind: 'group',
      name: 'Tea',
      members: [guest.login.user.id],
    });
    await guest.client.until('the room push', () => guest.client.pushed('room').length > 0);
    await owner.client.sendText(room.id, 's1', 'before');
    const { user } = guest.login;
    await owner.client.ask('room.manage', { room: room.id, cid: 's2', action: 'remove', user: user.id });
    await owner.client.sendText(room.id, 's3', 'after');
    await guest.client.until('gone', () => guest.client.pushed('gone').length > 0);
    assert.deepEqual(texts(guest.client.entries(room.id)), ['before']);
    assert.equal(await refusalOf(guest.client.ask('message.history', { room: room.id })), 'NOT_FOUND');
    assert.equal(await refusalOf(guest.client.ask('message.history', { room: 'nowhere' })), 'NOT_FOUND');
    assert.deepEqual(
      guest.client.pushes.filter(({ op }) => op === 'entries' || op === 'gone').map(({ op }) => op),
      ['entries', 'gone'],
    );
    await Promise.all([owner.client.close(), guest.client.close()]);
  });

  it('keepers rename, mute, unmute, slow and close; each is a notice and takes effect', async () => {
    const [owner, member] = [await arrive('owner10'), await arrive('member10')];
    const { user } = member.login;
    const { room } = await owner.client.ask('room.create', {
      kind: 'group',
      name: 'Tea',
      members: [user.id],
    });
    const manage = async (cid: string, action: object) => {
      const reply = await owner.client.request('room.manage', { room: room.id, cid, ...action });
      assert.ok(reply.ok, JSON.stringify(reply));
    };
    const say = (cid: string) => member.client.sendText(room.id, cid, cid);
    await say('p0');
    await manage('k1', { action: 'mute', user: user.id, seconds: 60 });
    assert.equal(await refusalOf(say('p1')), 'MUTED');
    assert.equal((await say('p0')).repeated, true, 'what was sent before is told so');
    await member.client.until('one mute shown', () =>
      member.client.pushed('room').some((push) => push.room.mutedUntil),
    );
    await manage('k2', { action: 'unmute', user: user.id });
    await manage('k3', { action: 'slow', seconds: 60 });
    await say('p2');
    assert.equal(await refusalOf(say('p3')), 'RATE_LIMITED');
    await manage('k4', { action: 'rename', name: '茶' });
    await manage('k5', { action: 'close' });
    assert.equal(await refusalOf(say('p4')), 'CLOSED');
    await member.client.until('gone', () =>
      member.client.pushed('gone').some(({ reason }) => reason === 'closed'),
    );
    const { rooms } = await member.client.ask('room.list', {});
    const summary = rooms.find(({ id }: { id: RoomId }) => id === room.id);
    assert.deepEqual([summary?.name, summary?.closed], ['茶', true]);
    const actions = (await member.client.history(room.id)).flatMap((e) =>
      e.kind === 'sys' ? [e.body.action] : [],
    );
    assert.deepEqual(actions, ['created', 'muted', 'unmuted', 'slow', 'renamed', 'closed']);
    await Promise.all([owner.client.close(), member.client.close()]);
  });

  it('peers of a direct room learn who comes, goes and types', async () => {
    const { alice, bob, room } = await twoInADirectRoom('a11', 'b11');
    alice.client.notify('room.typing', { room });
    alice.client.notify('room.typing', { room });
    await bob.client.until('typing', () => bob.client.pushed('typing').length > 0);
    await alice.client.sendText(room, 't1', 'typed');
    await bob.client.until('the text', () => bob.client.entries(room).length > 0);
    assert.equal(bob.client.pushed('typing').length, 1, 'at most one in 3 s');
    await alice.client.close();
    await bob.client.until('offline', () => bob.client.pushed('presence').some(({ online }) => !online));
    const back = await arrive('a11');
    await bob.client.until('online', () => bob.client.pushed('presence').at(-1)?.online === true);
    await Promise.all([back.client.close(), bob.client.close()]);
  });
}

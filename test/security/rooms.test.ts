/** S18–S22: who may see and do what in a room. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Reply } from '../../miniprogram/protocol/frames.ts';
import { GOOD } from '../edge/bodies.ts';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Attacker } from './attacker.ts';

let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ env: { LIMITS: 'sends=10000/10000' } });
});
after(() => server.stop());

const arrive = (name: string) => RawClient.arrive(server.url, name);
const refusal = (reply: Reply) => (reply.ok ? { ok: true } : reply.error);

/** Alice's closed group; Bob is a member, Rita was removed, Leo has left, Sam never was in it. */
async function cast(prefix: string) {
  const names = ['alice', 'bob', 'rita', 'leo', 'sam'].map((name) => `${prefix}-${name}`);
  const [alice, bob, rita, leo, sam] = (await Promise.all(names.map(arrive))) as [
    Awaited<ReturnType<typeof arrive>>,
    Awaited<ReturnType<typeof arrive>>,
    Awaited<ReturnType<typeof arrive>>,
    Awaited<ReturnType<typeof arrive>>,
    Awaited<ReturnType<typeof arrive>>,
  ];
  const members = [bob, rita, leo].map(({ login }) => login.user.id);
  const { room } = await alice.client.ask('room.create', { kind: 'group', name: prefix, members });
  await alice.client.sendText(room.id, 'secret', 'for members only');
  return { alice, bob, rita, leo, sam, room: room.id };
}

describe('S18 a room one is not in is as one that does not exist', () => {
  const ops: [string, (room: string) => object][] = [
    ['room.join', (room) => ({ room })],
    ['room.leave', (room) => ({ room })],
    ['room.members', (room) => ({ room })],
    ['room.manage', (room) => ({ room, cid: 'm', action: 'rename', name: 'mine now' })],
    ['room.manage', (room) => ({ room, cid: 'm', action: 'close' })],
    ['room.read', (room) => ({ room, seq: 1 })],
    ['room.prefs', (room) => ({ room, muted: true })],
    ['message.send', (room) => ({ room, cid: 's', kind: 'text', body: { text: 'let me in' } })],
    ['message.recall', (room) => ({ room, cid: 'r', target: 2 })],
    ['message.edit', (room) => ({ room, cid: 'e', target: 2, text: 'mine now' })],
    ['message.react', (room) => ({ room, cid: 'e', target: 2, emoji: '👍', on: true })],
    ['message.search', (room) => ({ room, query: 'members' })],
    ['message.report', (room) => ({ room, target: 2, reason: 'spam' })],
    ['message.history', (room) => ({ room })],
    ['message.history', (room) => ({ room, around: 1 })],
  ];

  test('every op that names a room is among them', () => {
    const named = Object.entries(GOOD).filter(([, bodies]) => bodies.some((body) => 'room' in body));
    // Typing has no answer, and a file names a room beside itself: each is tried by itself.
    const byThemselves = ['room.typing', 'file.get'];
    const tried = [...ops.map(([op]) => op), ...byThemselves];
    assert.deepEqual(
      named.map(([op]) => op).filter((op) => !tried.includes(op)),
      [],
    );
  });

  test('every op, for the stranger, the removed and the one who left, is NOT_FOUND in the same words', async () => {
    const { alice, rita, leo, sam, room } = await cast('s18');
    await alice.client.ask('room.manage', { room, cid: 'rm', action: 'remove', user: rita.login.user.id });
    await leo.client.ask('room.leave', { room });
    const { head } = await alice.client.ask('message.history', { room });
    for (const [op, body] of ops) {
      const nowhere = refusal(await sam.client.request(op, body('no-such-room')));
      assert.equal('code' in nowhere && nowhere.code, 'NOT_FOUND', op);
      for (const outsider of [sam, rita, leo]) {
        assert.deepEqual(refusal(await outsider.client.request(op, body(room))), nowhere, op);
      }
    }
    const files = ['no-such-file'];
    const fromNowhere = await sam.client.request('file.get', { files, room: 'no-such-room' });
    for (const { client } of [sam, rita, leo]) {
      assert.deepEqual(
        refusal(await client.request('file.get', { files, room })),
        refusal(fromNowhere),
        'file.get',
      );
    }
    assert.equal((await alice.client.ask('message.history', { room })).head, head, 'nothing was stored');
  });

  test('typing in it reaches nobody, and neither list of rooms shows it', async () => {
    const { alice, bob, sam, room } = await cast('typing');
    sam.client.notify('room.typing', { room });
    bob.client.notify('room.typing', { room });
    await alice.client.until('bob typing', () => alice.client.pushed('typing').length > 0);
    assert.deepEqual(alice.client.pushed('typing'), [{ room, user: bob.login.user.id }]);
    for (const scope of ['mine', 'open'] as const) {
      const { rooms } = await sam.client.ask('room.list', { scope });
      assert.equal(
        rooms.some(({ id }) => id === room),
        false,
      );
    }
  });

  test('a member may not do what is for owners and admins, and is told so', async () => {
    const { alice, bob, rita, room } = await cast('roles');
    const user = rita.login.user.id;
    for (const action of [
      { action: 'remove', user },
      { action: 'role', user: bob.login.user.id, role: 'owner' },
      { action: 'mute', user, seconds: 60 },
      { action: 'rename', name: 'mine now' },
      { action: 'slow', seconds: 60 },
      { action: 'close' },
    ]) {
      const reply = refusal(await bob.client.request('room.manage', { room, cid: 'x', ...action }));
      assert.equal('code' in reply && reply.code, 'FORBIDDEN', action.action);
    }
    const edit = await bob.client.request('message.edit', { room, cid: 'e', target: 2, text: 'x' });
    assert.equal(!edit.ok && edit.error.code, 'FORBIDDEN');
    const recall = refusal(await bob.client.request('message.recall', { room, cid: 'y', target: 2 }));
    assert.equal('code' in recall && recall.code, 'FORBIDDEN');
    await alice.client.close();
  });
});

test('S19 who is removed while connected gets nothing stored after the removal', async () => {
  const { alice, rita, room } = await cast('s19');
  await alice.client.sendText(room, 'before', 'before');
  await rita.client.until('the last before', () => rita.client.entries(room).at(-1)?.cid === 'before');
  const { seq } = await alice.client.ask('room.manage', {
    room,
    cid: 'rm',
    action: 'remove',
    user: rita.login.user.id,
  });
  const afterwards = Array.from({ length: 30 }, (_, count) => `after-${count}`);
  await Promise.all(afterwards.map((cid) => alice.client.sendText(room, cid, 'not for rita')));
  await alice.client.until('all of them', () => alice.client.entries(room).at(-1)!.seq === seq + 30);
  await rita.client.ask('session.ping', {});
  assert.deepEqual(
    rita.client.entries(room).filter((entry) => entry.seq > seq),
    [],
  );
  assert.deepEqual(rita.client.pushed('gone'), [{ room, reason: 'removed' }]);
  const back = await RawClient.connect(server.url);
  const hello = await back.hello({ token: rita.login.access, cursors: { [room]: 1 } });
  await back.ask('session.ping', {});
  assert.equal(
    hello.rooms.some(({ id }) => id === room),
    false,
  );
  assert.deepEqual(back.entries(room), []);
});

describe('S20 what a client claims of itself does not count', () => {
  test('from, seq and ts of a send are the server’s', async () => {
    const { alice, bob, room } = await cast('s20');
    const reply = await bob.client.request('message.send', {
      room,
      cid: 'spoofed',
      kind: 'text',
      body: { text: 'I am alice', from: alice.login.user.id },
      from: alice.login.user.id,
      seq: 1_000,
      ts: 1,
      recalled: true,
      repeated: true,
    });
    assert.equal(reply.ok, true);
    const entry = (await alice.client.history(room)).at(-1)!;
    assert.equal(entry.from, bob.login.user.id);
    assert.ok(entry.seq < 10 && entry.ts > 1_700_000_000_000);
    assert.equal(entry.recalled, undefined);
    assert.deepEqual(entry.body, { text: 'I am alice' });
  });

  test('another user’s cid gives neither their seq nor their text', async () => {
    const { alice, bob, room } = await cast('cid');
    const hers = await alice.client.sendText(room, 'same', 'of alice');
    const his = await bob.client.sendText(room, 'same', 'of bob');
    assert.notEqual(hers.seq, his.seq);
    assert.equal(his.repeated, undefined);
    const log = await alice.client.history(room);
    assert.deepEqual(
      log.filter(({ cid }) => cid === 'same').map(({ body }) => body),
      [{ text: 'of alice' }, { text: 'of bob' }],
    );
  });

  test('a cid used in another room is another message', async () => {
    const { bob, room } = await cast('rooms');
    const other = await bob.client.ask('room.create', { kind: 'group', name: 'other' });
    await bob.client.sendText(room, 'same', 'here');
    const there = await bob.client.sendText(other.room.id, 'same', 'there');
    assert.equal(there.repeated, undefined);
  });
});

test('S21 a frame recorded and played on a new session is the same message', async () => {
  const { alice, bob, room } = await cast('s21');
  const frame = JSON.stringify({
    id: 9,
    op: 'message.send',
    body: { room, cid: 'once', kind: 'text', body: { text: 'once' } },
  });
  const seqs: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    const session = await Attacker.signedIn(server.url, bob.login.access);
    session.socket.sendText(frame);
    await session.until(() => session.answers.some(({ id }) => id === 9));
    seqs.push((session.answers.find(({ id }) => id === 9)!.body as { seq: number }).seq);
    await session.cut();
  }
  assert.equal(new Set(seqs).size, 1);
  const log = await alice.client.history(room);
  assert.equal(log.filter(({ cid }) => cid === 'once').length, 1);
  await alice.client.sendText(room, 'end', 'end');
  await alice.client.until('the end', () => alice.client.entries(room).at(-1)?.cid === 'end');
  assert.equal(alice.client.entries(room).filter(({ cid }) => cid === 'once').length, 1, 'fanned out once');
});

describe('S22 a cursor opens nothing', () => {
  const say = async (token: string, more: object) => {
    const attacker = await Attacker.connect(server.url);
    const [reply] = await attacker.say({ id: 1, op: 'session.hello', body: { version: 1, token, ...more } });
    if (reply?.ok) await attacker.say({ id: 2, op: 'session.ping' });
    const entries = attacker.answers.filter(({ op }) => op === 'entries').map(({ body }) => body);
    await attacker.cut();
    const rooms = reply?.ok ? (reply.body as { rooms: { id: string; reset?: boolean }[] }).rooms : [];
    return { reply, rooms, entries: entries as { room: string }[] };
  };

  test('a cursor of a room one is not in gives no entry and no summary', async () => {
    const { sam, room } = await cast('s22');
    const { reply, rooms, entries } = await say(sam.login.access, {
      cursors: { [room]: 1, 'no-such-room': 1 },
    });
    assert.equal(reply?.ok, true);
    assert.equal(JSON.stringify([rooms, entries]).includes(room), false);
  });

  test('a cursor beyond the head, or of another epoch, is reset and gives no entry', async () => {
    const { bob, room } = await cast('reset');
    for (const more of [
      { cursors: { [room]: 1_000_000 } },
      { cursors: { [room]: Number.MAX_SAFE_INTEGER } },
      { cursors: { [room]: 1 }, epoch: 'another-life' },
    ]) {
      const { rooms, entries } = await say(bob.login.access, more);
      assert.equal(rooms.find(({ id }) => id === room)?.reset, true, JSON.stringify(more));
      assert.equal(
        entries.some((push) => push.room === room),
        false,
      );
    }
  });

  test('a cursor that is no seq is refused or reset', async () => {
    const { bob, room } = await cast('cursor');
    for (const cursor of [-1, -1e15, 1.5, '1', null, { $gt: 0 }, [1]]) {
      const { reply, rooms, entries } = await say(bob.login.access, { cursors: { [room]: cursor } });
      const refused = reply?.error?.code === 'BAD_REQUEST';
      assert.ok(refused || rooms.find(({ id }) => id === room)?.reset === true, JSON.stringify(cursor));
      assert.equal(
        entries.some((push) => push.room === room),
        false,
      );
    }
  });

  test('a thousand cursors of rooms that do not exist cost nothing and give nothing', async () => {
    const { sam } = await cast('many');
    const cursors = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`room-${index}`, 1]));
    const { reply, entries } = await say(sam.login.access, { cursors });
    assert.equal(reply?.ok, true);
    assert.deepEqual(entries, []);
  });
});

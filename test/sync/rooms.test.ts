import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, RoomSummary, SysBody } from '../../miniprogram/protocol/objects.ts';
import { createStore } from '../../miniprogram/store/store.ts';
import { Rooms } from '../../miniprogram/sync/rooms.ts';

const ME = 'u_me';
const text = (seq: number, from = 'u_bob'): Entry => ({
  seq,
  ts: seq * 1_000,
  from,
  kind: 'text',
  body: { text: `t${seq}` },
});
const sys = (seq: number, body: SysBody): Entry => ({
  seq,
  ts: seq * 1_000,
  from: 'u_bob',
  kind: 'sys',
  body,
});
const change = (seq: number, kind: 'recall' | 'react', target: number): Entry =>
  ({
    seq,
    ts: seq * 1_000,
    from: 'u_bob',
    kind,
    body: kind === 'react' ? { emoji: '👍', on: true } : {},
    target,
  }) as Entry;
const summary = (id: string, more: Partial<RoomSummary> = {}): RoomSummary => ({
  id,
  kind: 'group',
  name: id,
  head: 10,
  role: 'member',
  read: 8,
  unread: 2,
  members: 3,
  last: text(10),
  ...more,
});

function setUp(...summaries: RoomSummary[]) {
  const store = createStore(() => undefined);
  const rooms = new Rooms(store, ME);
  rooms.greet(summaries);
  return { store, rooms, r: () => rooms.get('r')! };
}

test('what the summary has counted is not counted again when it arrives', () => {
  const { rooms, r } = setUp(summary('r'));
  rooms.entered('r', [text(9), text(10), text(11)]);
  assert.deepEqual([r().unread, r().head, r().last?.seq], [3, 11, 11]);
});

test('unread are messages of others; not one’s own, notices, recalls, reactions', () => {
  const { rooms, r } = setUp(summary('r', { unread: 0, read: 10 }));
  rooms.entered('r', [
    text(11, ME),
    sys(12, { action: 'joined', user: 'u' }),
    text(13),
    change(14, 'recall', 11),
    change(15, 'react', 13),
  ]);
  assert.deepEqual([r().unread, r().last?.seq], [1, 13]);
});

test('the last message is shown as recalled when it is', () => {
  const { rooms, r } = setUp(summary('r'));
  rooms.entered('r', [change(11, 'recall', 10)]);
  assert.deepEqual([r().last?.recalled, r().last?.body], [true, {}]);
});

test('read to the end: none unread; read to the middle: what is known to lie behind', () => {
  const { rooms, r } = setUp(summary('r'));
  assert.equal(
    rooms.markRead('r', 9, (after, upTo) => upTo - after),
    true,
  );
  assert.deepEqual([r().read, r().unread], [9, 1]);
  assert.equal(
    rooms.markRead('r', 10, (after, upTo) => upTo - after),
    true,
  );
  assert.equal(r().unread, 0);
});

test('read on ground that is not held: only the server knows the count', () => {
  const { rooms, r } = setUp(summary('r', { head: 900, unread: 400 }));
  assert.equal(
    rooms.markRead('r', 500, () => null),
    'unknown',
  );
  assert.deepEqual([r().read, r().unread], [500, 400]);
});

test('a marker never goes back, nor past the head', () => {
  const { rooms, r } = setUp(summary('r'));
  assert.equal(
    rooms.markRead('r', 8, () => 0),
    false,
  );
  rooms.markRead('r', 99, () => 0);
  assert.equal(r().read, 10);
});

test('a summary from before an entry that is here takes nothing back', () => {
  const { rooms, r } = setUp(summary('r'));
  rooms.entered('r', [text(11)]);
  rooms.merge(summary('r', { muted: true }));
  assert.deepEqual([r().head, r().unread, r().last?.seq, r().muted], [11, 3, 11, true]);
  rooms.merge(summary('r', { head: 12, unread: 4, last: text(12) }));
  assert.deepEqual([r().head, r().unread, r().muted], [12, 4, undefined]);
});

test('a hello counts anew, also where the log is shorter than before', () => {
  const { rooms, r } = setUp(summary('r'));
  rooms.entered('r', [text(11)]);
  rooms.greet([summary('r', { head: 5, unread: 1, read: 4, last: text(5) })]);
  assert.deepEqual([r().head, r().unread, r().read], [5, 1, 4]);
});

test('pinned first, then the newest; a hidden one is listed again when something comes', () => {
  const old = summary('old', { last: text(1) });
  const pinned = summary('pinned', { last: text(2), pinned: true });
  const { store, rooms } = setUp(
    old,
    pinned,
    summary('r'),
    summary('hidden', { hidden: true, last: text(3) }),
  );
  assert.deepEqual(store.state.order, ['pinned', 'r', 'old']);
  rooms.entered('hidden', [text(11)]);
  assert.deepEqual(store.state.order, ['pinned', 'hidden', 'r', 'old']);
  rooms.remove('r');
  assert.deepEqual(store.state.order, ['pinned', 'hidden', 'old']);
});

test('the sum of unread leaves out the muted', () => {
  const { store, rooms } = setUp(
    summary('r'),
    summary('s', { muted: true, unread: 50 }),
    summary('t', { unread: 5 }),
  );
  assert.equal(store.state.unread, 7);
  rooms.prefer('s', { muted: false });
  assert.equal(store.state.unread, 57);
});

test('an unsent message brings its room to the top, until something newer comes', () => {
  const { store, rooms } = setUp(summary('r'), summary('s', { last: text(2) }));
  rooms.unsent('s', { count: 1, failed: 1, newest: 60_000 });
  assert.deepEqual([store.state.order[0], store.state.rooms['s']?.waiting], ['s', 1]);
  assert.equal(store.state.rooms['s']?.failed, 1);
  rooms.entered('s', [text(11)]);
  assert.equal(store.state.order[0], 's');
  rooms.unsent('s', { count: 0, failed: 0, newest: 0 });
  assert.deepEqual(store.state.order, ['s', 'r']);
});

test('notices change what the room shows: name, members, slow mode, one’s own role', () => {
  const { rooms, r } = setUp(summary('r'));
  rooms.entered('r', [
    sys(11, { action: 'renamed', name: '新名' }),
    sys(12, { action: 'invited', users: ['a', 'b'] }),
    sys(13, { action: 'left', user: 'a' }),
    sys(14, { action: 'slow', seconds: 30 }),
    sys(15, { action: 'role', user: ME, role: 'admin' }),
    sys(16, { action: 'muted', user: ME, until: 99 }),
    sys(17, { action: 'closed' }),
  ]);
  const { name, members, slowSeconds, role, mutedUntil, closed } = r();
  assert.deepEqual(
    [name, members, slowSeconds, role, mutedUntil, closed],
    ['新名', 4, 30, 'admin', 99, true],
  );
  rooms.entered('r', [sys(18, { action: 'unmuted', user: ME })]);
  assert.equal(r().mutedUntil, undefined);
});

test('why one is muted goes with the mute it was told of', () => {
  const { rooms, r } = setUp(summary('r', { mutedUntil: 99, muteReason: '刷屏' }));
  rooms.entered('r', [sys(11, { action: 'muted', user: ME, until: 99 })]);
  assert.equal(r().muteReason, '刷屏', 'the notice of the same');
  rooms.entered('r', [sys(12, { action: 'muted', user: ME, until: 500 })]);
  assert.deepEqual([r().mutedUntil, r().muteReason], [500, undefined], 'another one');
  rooms.merge(summary('r', { mutedUntil: 500, muteReason: '广告' }));
  rooms.entered('r', [sys(13, { action: 'unmuted', user: ME })]);
  assert.deepEqual([r().mutedUntil, r().muteReason], [undefined, undefined]);
});

test('presence and the peer’s marker show in the direct room, and are unknown without a connection', () => {
  const peer = { id: 'u_bob', name: 'bob' };
  const { rooms, r } = setUp(summary('r', { kind: 'direct', peer }), summary('g'));
  rooms.presence('u_bob', { online: true });
  rooms.peerRead('r', 9);
  rooms.peerRead('r', 7);
  rooms.peerRead('g', 9);
  assert.deepEqual([r().online, r().peerRead, rooms.get('g')?.peerRead], [true, 9, undefined]);
  rooms.forgetPresence();
  assert.deepEqual([r().online, r().peerRead], [undefined, 9]);
});

test('what is kept for the next start is short', () => {
  const long: Entry = { ...text(10), body: { text: '长'.repeat(2_000) } } as Entry;
  const custom = { ...text(10), kind: 'custom', body: { type: 'x', data: 'x'.repeat(8_000) } } as Entry;
  const { rooms } = setUp(summary('r', { last: long }), summary('s', { last: custom }));
  const kept = rooms.summaries(200);
  assert.equal(kept.length, 2);
  assert.ok(JSON.stringify(kept).length < 2_000);
  assert.equal(rooms.summaries(1).length, 1);
});

const call = (seq: number, mentions: string[] | 'all' = [ME]): Entry => ({ ...text(seq), mentions });

test('the first unread message that calls this person stays known until it is read', () => {
  const { rooms, r } = setUp(summary('r', { unread: 0, read: 10 }));
  rooms.entered('r', [text(11), call(12), call(13, 'all'), text(14)]);
  assert.equal(r().called, 12);
  rooms.markRead('r', 11, () => 3);
  assert.equal(r().called, 12);
  rooms.markRead('r', 14, () => 0);
  assert.equal(r().called, undefined);
});

test('a call that is recalled calls nobody, and neither does one’s own', () => {
  const { rooms, r } = setUp(summary('r', { unread: 0, read: 10 }));
  rooms.entered('r', [call(11), change(12, 'recall', 11), { ...call(13, 'all'), from: ME }]);
  assert.equal(r().called, undefined);
});

test('a call that a summary ends with is known at once', () => {
  const { r } = setUp(summary('r', { unread: 1, read: 9, last: call(10) }));
  assert.equal(r().called, 10);
});

/** Sending, recalling and paging over the real store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendBody } from '../../miniprogram/protocol/frames.ts';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import { newId } from '../../server/ids.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
const { messages, clock, store } = world;

type Fields = Partial<Pick<SendBody, 'cid' | 'reply' | 'mentions'>>;
const send = async (room: RoomId, who: UserId, text: string, fields: Fields = {}) =>
  messages.send(await world.actor(room, who), {
    room,
    cid: newId(),
    kind: 'text',
    body: { text },
    ...fields,
  });
const recall = async (room: RoomId, who: UserId, target: number, cid = newId()) =>
  messages.recall(await world.actor(room, who), { room, cid, target });
const manage = async (room: RoomId, who: UserId, act: object) =>
  world.keeping.manage(await world.actor(room, who), { room, cid: newId(), ...act } as never);

test('what is sent is stored as it was sent, published, and counted for the others', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  world.said();
  const { seq, ts, ...rest } = await send(room, owner, '茶 😀\u202e<b>', {
    cid: 'c1',
    mentions: [bob],
    reply: 1,
  });
  assert.deepEqual([seq, ts, rest], [2, clock.now(), {}]);
  const entry = {
    seq,
    ts,
    from: owner,
    kind: 'text',
    body: { text: '茶 😀\u202e<b>' },
    cid: 'c1',
    mentions: [bob],
    reply: 1,
  };
  assert.deepEqual(await world.newest(room), entry);
  assert.deepEqual(world.said(), [
    { subject: `room.${room}`, message: { type: 'entries', room, entries: [entry] } },
  ]);
  assert.equal((await store.summary(room, bob))?.unread, 1);
  assert.equal((await store.summary(room, owner))?.unread, 0);
});

test('a repeated cid gives the first seq and time, is stored and published once, whatever it holds now', async () => {
  const { room, owner } = await world.group(1);
  const first = await send(room, owner, 'one', { cid: 'c1' });
  world.said();
  clock.advance(86_400_000);
  const again = await send(room, owner, 'another text', { cid: 'c1' });
  assert.deepEqual(again, { seq: first.seq, ts: first.ts, repeated: true });
  assert.deepEqual(world.said(), []);
  assert.deepEqual((await world.newest(room))?.body, { text: 'one' });
});

test('the same cid sent twice in one moment is one entry', async () => {
  const { room, owner } = await world.group(1);
  const both = await Promise.all([
    send(room, owner, 'one', { cid: 'c1' }),
    send(room, owner, 'one', { cid: 'c1' }),
  ]);
  assert.deepEqual(
    both.map(({ seq }) => seq),
    [2, 2],
  );
  assert.deepEqual(both.map(({ repeated }) => repeated ?? false).sort(), [false, true]);
});

test('cids of others and in other rooms are other messages', async () => {
  const { room, owner, others } = await world.group(1);
  const other = await world.group(1);
  await send(room, owner, 'mine', { cid: 'c1' });
  assert.equal((await send(room, others[0] ?? '', 'theirs', { cid: 'c1' })).seq, 3);
  assert.equal((await send(other.room, other.owner, 'elsewhere', { cid: 'c1' })).seq, 2);
});

test('many at once are stored without a gap, each sender’s in their order', async () => {
  const { room, owner, others } = await world.group(3);
  const senders = [owner, ...others];
  const actors = await Promise.all(senders.map((user) => world.actor(room, user)));
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => {
      const actor = actors[i % actors.length]!;
      return messages.send(actor, { room, cid: `c${i}`, kind: 'text', body: { text: String(i) } });
    }),
  );
  const entries = (await world.entries(room)).slice(1);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    Array.from({ length: 200 }, (_, i) => i + 2),
  );
  for (const user of senders) {
    const sent = entries.flatMap((entry) =>
      entry.kind === 'text' && entry.from === user ? [+entry.body.text] : [],
    );
    assert.deepEqual(
      sent,
      sent.toSorted((a, b) => a - b),
    );
  }
});

test('a reply, which the rules look up, does not fall behind what its sender sent after it', async () => {
  const { room, owner } = await world.group(1);
  const actor = await world.actor(room, owner);
  const [first, second] = await Promise.all([
    messages.send(actor, { room, cid: 'a', kind: 'text', body: { text: 'a' }, reply: 1 }),
    messages.send(actor, { room, cid: 'b', kind: 'text', body: { text: 'b' } }),
  ]);
  assert.deepEqual([first?.seq, second?.seq], [2, 3]);
});

test('a reply to what is not there is NOT_FOUND and names it', async () => {
  const { room, owner } = await world.group(1);
  await assert.rejects(send(room, owner, 'x', { reply: 2 }), {
    code: 'NOT_FOUND',
    message: 'reply: there is no entry 2 in this room',
  });
});

test('who is muted cannot send, until the mute ends; what they sent before is still found', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const { seq } = await send(room, bob, 'before', { cid: 'before' });
  await manage(room, owner, { action: 'mute', user: bob, seconds: 60 });
  await assert.rejects(send(room, bob, 'x'), { code: 'MUTED', retryAfterMs: 60_000 });
  assert.deepEqual((await send(room, bob, 'before', { cid: 'before' })).seq, seq);
  clock.advance(60_000);
  await send(room, bob, 'x');
});

test('nobody sends into a closed room, not its owner either; what was sent before is still found', async () => {
  const { room, owner } = await world.group(1);
  const { seq } = await send(room, owner, 'before', { cid: 'before' });
  await manage(room, owner, { action: 'close' });
  await assert.rejects(send(room, owner, 'x'), { code: 'CLOSED' });
  await assert.rejects(recall(room, owner, seq), { code: 'CLOSED' });
  assert.deepEqual(await send(room, owner, 'before', { cid: 'before' }).then((place) => place.seq), seq);
});

test('in slow mode members wait, keepers do not, and a resend is no new message', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  await manage(room, owner, { action: 'slow', seconds: 30 });
  const { seq } = await send(room, bob, 'one', { cid: 'one' });
  await assert.rejects(send(room, bob, 'two'), { code: 'RATE_LIMITED', retryAfterMs: 30_000 });
  assert.equal((await send(room, bob, 'one', { cid: 'one' })).seq, seq);
  await send(room, owner, 'a');
  await send(room, owner, 'b');
  clock.advance(30_000);
  await send(room, bob, 'two');
});

test('in slow mode a message that is refused for another reason costs no wait', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  await manage(room, owner, { action: 'slow', seconds: 30 });
  await assert.rejects(send(room, bob, 'x', { reply: 99 }), { code: 'NOT_FOUND' });
  await send(room, bob, 'x');
});

test('who was removed while their message was under way is not stored', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const actor = await world.actor(room, bob);
  await manage(room, owner, { action: 'remove', user: bob });
  await assert.rejects(messages.send(actor, { room, cid: 'late', kind: 'text', body: { text: 'x' } }), {
    code: 'NOT_FOUND',
  });
  const before = await send(room, owner, 'x');
  assert.equal(before.seq, 3);
});

test('a recalled message is erased everywhere and says so, in an entry of its own', async () => {
  const { room, owner } = await world.group(1);
  const { seq } = await send(room, owner, 'secret');
  const place = await recall(room, owner, seq);
  assert.equal(place.seq, seq + 1);
  const [target, entry] = (await world.entries(room)).slice(-2);
  assert.deepEqual([target?.recalled, target?.body], [true, {}]);
  assert.deepEqual([entry?.kind, entry?.target, entry?.body], ['recall', seq, {}]);
});

test('a message is recalled once: another try is a conflict, a resend of the first is not', async () => {
  const { room, owner } = await world.group(1);
  const { seq } = await send(room, owner, 'x');
  const first = await recall(room, owner, seq, 'r1');
  await assert.rejects(recall(room, owner, seq, 'r2'), { code: 'CONFLICT' });
  clock.advance(600_000);
  assert.deepEqual(await recall(room, owner, seq, 'r1'), { seq: first.seq, ts: first.ts, repeated: true });
});

test('a member recalls their own for 120 s; a resend of that recall is found later too', async () => {
  const { room, others } = await world.group(2);
  const [bob = '', cat = ''] = others;
  const { seq } = await send(room, bob, 'x');
  const { seq: second } = await send(room, bob, 'y');
  await assert.rejects(recall(room, cat, seq), { code: 'FORBIDDEN' });
  clock.advance(120_000);
  const done = await recall(room, bob, seq, 'r1');
  clock.advance(1);
  await assert.rejects(recall(room, bob, second), { code: 'FORBIDDEN' });
  assert.equal((await recall(room, bob, seq, 'r1')).seq, done.seq);
});

test('history comes by pages of the limit at most, and says whether there is more', async () => {
  const { room, owner } = await world.group(1);
  for (let i = 0; i < 120; i++) void send(room, owner, String(i));
  await send(room, owner, 'last');
  const actor = await world.actor(room, owner);
  const newest = await messages.history(actor, { room });
  assert.deepEqual([newest.entries.length, newest.head, newest.more], [100, 122, true]);
  assert.equal(newest.entries.at(-1)?.seq, 122);
  const all = await messages.history(actor, { room, after: 0, limit: 1_000_000 });
  assert.deepEqual([all.entries.length, all.entries[0]?.seq, all.more], [100, 1, true]);
  const rest = await messages.history(actor, { room, after: 100, limit: 50 });
  assert.deepEqual([rest.entries.length, rest.more], [22, false]);
  const before = await messages.history(actor, { room, before: 3 });
  assert.deepEqual([before.entries.map(({ seq }) => seq), before.more], [[1, 2], false]);
  const around = await messages.history(actor, { room, around: 60, limit: 5 });
  assert.deepEqual(
    around.entries.map(({ seq }) => seq),
    [58, 59, 60, 61, 62],
  );
});

const edit = async (room: RoomId, who: UserId, target: number, text: string, cid = newId()) =>
  messages.edit(await world.actor(room, who), { room, cid, target, text });
const react = async (room: RoomId, who: UserId, target: number, on = true, cid = newId()) =>
  messages.react(await world.actor(room, who), { room, cid, target, emoji: '🍵', on });

test('an edited text is the newest one everywhere, says so, and counts nobody a message more', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const { seq } = await send(room, owner, 'tee');
  world.said();
  clock.advance(86_400_000);
  const place = await edit(room, owner, seq, 'tea', 'e1');
  assert.equal(place.seq, seq + 1);
  const [target, entry] = (await world.entries(room)).slice(-2);
  assert.deepEqual([target?.body, target?.edited], [{ text: 'tea' }, clock.now()]);
  assert.deepEqual([entry?.kind, entry?.target, entry?.body], ['edit', seq, { text: 'tea' }]);
  assert.deepEqual(world.said()[0]?.message, { type: 'entries', room, entries: [entry] });
  const summary = await store.summary(room, bob);
  assert.deepEqual([summary?.unread, summary?.last], [1, target]);
  assert.equal((await edit(room, owner, seq, 'other', 'e1')).repeated, true);
});

test('only its sender edits a text, unless muted, and not where it was recalled or the room closed', async () => {
  const { room, owner, others } = await world.group(2);
  const [bob = ''] = others;
  const { seq } = await send(room, bob, 'x');
  const { seq: gone } = await send(room, bob, 'y');
  await recall(room, bob, gone);
  await assert.rejects(edit(room, owner, seq, 'z'), { code: 'FORBIDDEN' });
  await assert.rejects(edit(room, bob, gone, 'z'), { code: 'CONFLICT' });
  await assert.rejects(edit(room, bob, 99, 'z'), { code: 'NOT_FOUND' });
  await manage(room, owner, { action: 'mute', user: bob, seconds: 60 });
  await assert.rejects(edit(room, bob, seq, 'z'), { code: 'MUTED' });
  clock.advance(60_000);
  await edit(room, bob, seq, 'z');
  await manage(room, owner, { action: 'close' });
  await assert.rejects(edit(room, bob, seq, 'w'), { code: 'CLOSED' });
});

test('what two have reacted with is told with the page, and which of it is one’s own', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const { seq } = await send(room, owner, 'x');
  await react(room, owner, seq);
  await react(room, bob, seq);
  const page = await messages.history(await world.actor(room, bob), { room });
  assert.deepEqual(page.reactions, [{ target: seq, emoji: '🍵', count: 2, mine: true }]);
  await react(room, bob, seq, false);
  const after = await messages.history(await world.actor(room, bob), { room });
  assert.deepEqual(after.reactions, [{ target: seq, emoji: '🍵', count: 1 }]);
});

test('a reaction that is there already, or is not, is a conflict; its resend is not', async () => {
  const { room, owner } = await world.group(1);
  const { seq } = await send(room, owner, 'x');
  await assert.rejects(react(room, owner, seq, false), { code: 'CONFLICT' });
  const first = await react(room, owner, seq, true, 'r1');
  await assert.rejects(react(room, owner, seq, true, 'r2'), { code: 'CONFLICT' });
  assert.deepEqual(await react(room, owner, seq, true, 'r1'), { ...first, repeated: true });
});

test('nobody reacts to a notice or to what was recalled, while muted, or in a closed room', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const { seq } = await send(room, owner, 'x');
  await assert.rejects(react(room, bob, 1), { code: 'BAD_REQUEST' });
  await assert.rejects(react(room, bob, 99), { code: 'NOT_FOUND' });
  await manage(room, owner, { action: 'mute', user: bob, seconds: 60 });
  await assert.rejects(react(room, bob, seq), { code: 'MUTED' });
  await recall(room, owner, seq);
  await assert.rejects(react(room, owner, seq), { code: 'CONFLICT' });
  await manage(room, owner, { action: 'close' });
  await assert.rejects(react(room, owner, seq), { code: 'CLOSED' });
});

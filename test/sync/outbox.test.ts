import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendBody, SendReply } from '../../miniprogram/protocol/frames.ts';
import { MAX_UNSENT, Outbox } from '../../miniprogram/sync/outbox.ts';
import type { Storage } from '../../miniprogram/sync/storage.ts';
import { createWxStorage } from '../../miniprogram/sync/wx-storage.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx, NO_NETWORK } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Sending {
  body: SendBody;
  accept(seq: number): void;
  refuse(error: { code: string; retryAfterMs?: number }): void;
}

interface Uploading {
  path: string;
  progress(percent: number): void;
  done(file: string): void;
  refuse(error: { code: string }): void;
}

function setUp(fake = new FakeStorage(), me = 'u_me') {
  const clock = new ManualClock();
  const storage: Storage = createWxStorage(new FakeWx({ network: NO_NETWORK, clock, storage: fake }));
  const sendings: Sending[] = [];
  const uploads: Uploading[] = [];
  const changed: string[] = [];
  const outbox = new Outbox({
    me,
    storage,
    clock,
    pauseMs: (attempts) => 500 * 2 ** attempts,
    send: (body) =>
      new Promise<SendReply>((resolve, reject) => {
        // Judged as it leaves: it must be stored by then.
        assert.ok(
          fake.keys.includes(`unsent.${body.cid}`) || fake.limit < 1_000,
          'sent before it was stored',
        );
        const accept = (seq: number): void => resolve({ seq, ts: seq * 1_000 });
        sendings.push({ body, accept, refuse: reject });
      }),
    upload: (path, progress) =>
      new Promise<string>((resolve, reject) => {
        uploads.push({ path, progress, done: resolve, refuse: reject });
      }),
    changed: (room) => changed.push(room),
    isPast: () => false,
  });
  const write = (cid: string, room = 'r1'): void =>
    outbox.add({ room, cid, ts: clock.now(), kind: 'text', body: { text: `text ${cid}` } });
  const cids = (): string[] => sendings.map(({ body }) => body.cid);
  const states = (room = 'r1'): string[] => outbox.rows(room).map(({ cid, state }) => `${cid} ${state}`);
  return { clock, fake, outbox, sendings, uploads, changed, write, cids, states, run: () => clock.run(0) };
}

test('written without a connection: stored, shown as sending, and sent when there is one', () => {
  const { outbox, fake, write, cids, states, changed } = setUp();
  write('a');
  assert.deepEqual(fake.keys, ['unsent.a']);
  assert.deepEqual(states(), ['a sending']);
  assert.deepEqual(changed, ['r1']);
  assert.deepEqual(cids(), []);
  outbox.start();
  assert.deepEqual(cids(), ['a']);
});

test('what goes out is the message, and nothing of how it is kept', () => {
  const { outbox, sendings } = setUp();
  outbox.start();
  outbox.add({
    room: 'r1',
    cid: 'a',
    ts: 1,
    kind: 'text',
    body: { text: 'hi' },
    reply: 7,
    mentions: ['u_bob'],
  });
  const body = { room: 'r1', cid: 'a', kind: 'text', body: { text: 'hi' }, reply: 7, mentions: ['u_bob'] };
  assert.deepEqual(sendings[0]?.body, body);
});

test('one after the other in a room; other rooms do not wait', async () => {
  const { outbox, sendings, write, cids, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  write('x', 'r2');
  assert.deepEqual(cids(), ['a', 'x']);
  sendings[0]!.accept(1);
  await run();
  assert.deepEqual(cids(), ['a', 'x', 'b']);
});

test('accepted: shown as sent until it is in the log, gone from storage at once', async () => {
  const { outbox, fake, sendings, write, states, run } = setUp();
  outbox.start();
  write('a');
  sendings[0]!.accept(7);
  await run();
  assert.deepEqual(fake.keys, []);
  assert.deepEqual(states(), ['a sent']);
  assert.equal(outbox.rows('r1')[0]?.seq, 7);
  assert.equal(outbox.count(), 0);
  outbox.arrived('r1', 'a');
  assert.deepEqual(states(), []);
});

test('back in the log before its answer: gone, the next goes out when the answer has come, and nothing is doubled', async () => {
  const { outbox, fake, sendings, write, cids, states, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  outbox.arrived('r1', 'a');
  assert.deepEqual(states(), ['b sending']);
  assert.deepEqual(fake.keys, ['unsent.b']);
  sendings[0]!.accept(1);
  await run();
  assert.deepEqual(cids(), ['a', 'b']);
  assert.deepEqual(states(), ['b sending']);
});

test('the log is held anew: what was accepted is in it and not shown twice, what is unsent stays', async () => {
  const { outbox, sendings, write, states, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  sendings[0]!.accept(1);
  await run();
  outbox.restarted('r1');
  assert.deepEqual(states(), ['b sending']);
});

test('the connection is lost before the answer: sent again, with the same cid, before what came after it', async () => {
  const { outbox, sendings, write, cids, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  outbox.stop();
  sendings[0]!.refuse({ code: 'OFFLINE' });
  await run();
  assert.deepEqual(cids(), ['a']);
  outbox.start();
  assert.deepEqual(cids(), ['a', 'a']);
  sendings[1]!.accept(1);
  await run();
  assert.deepEqual(cids(), ['a', 'a', 'b']);
});

test('refused for now: tried again after a growing pause or what the server asks, and the room waits', async () => {
  for (const code of ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'INTERNAL', 'UNAUTHORIZED']) {
    const { clock, outbox, sendings, write, cids, states, run } = setUp();
    outbox.start();
    write('a');
    write('b');
    write('x', 'r2');
    sendings[0]!.refuse({ code });
    await run();
    await clock.run(499);
    assert.deepEqual(cids(), ['a', 'x'], code);
    await clock.run(1);
    assert.deepEqual(cids(), ['a', 'x', 'a']);
    sendings[2]!.refuse({ code, retryAfterMs: 4_000 });
    await run();
    await clock.run(3_999);
    assert.equal(cids().length, 3);
    await clock.run(1);
    assert.deepEqual(cids(), ['a', 'x', 'a', 'a']);
    assert.deepEqual(states(), ['a sending', 'b sending']);
  }
});

test('refused for good: failed, kept so, and the next goes out', async () => {
  const { clock, fake, outbox, sendings, write, cids, states, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  sendings[0]!.refuse({ code: 'MUTED', retryAfterMs: 60_000 });
  await run();
  assert.deepEqual(states(), ['a failed', 'b sending']);
  assert.deepEqual(cids(), ['a', 'b']);
  const [failed] = outbox.rows('r1');
  assert.equal(failed?.error, 'MUTED');
  assert.equal(failed.retryAt, clock.now() + 60_000);
  assert.deepEqual(setUp(fake).states(), ['a failed', 'b sending']);
});

test('a failed one is sent again with the same cid, behind what waits; a discarded one is gone for good', async () => {
  const { fake, outbox, sendings, write, cids, states, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  sendings[0]!.refuse({ code: 'BLOCKED_CONTENT' });
  await run();
  outbox.resend('r1', 'a');
  assert.deepEqual(states(), ['b sending', 'a sending']);
  sendings[1]!.refuse({ code: 'MUTED' });
  await run();
  assert.deepEqual(cids(), ['a', 'b', 'a']);
  outbox.discard('r1', 'b');
  assert.deepEqual(states(), ['a sending']);
  outbox.discard('r1', 'a'); // On its way: it cannot be taken back.
  assert.deepEqual(fake.keys, ['unsent.a']);
});

test('killed with messages waiting: the next start has them in order, and sends them with the same cids', async () => {
  const { fake, write } = setUp();
  for (const cid of ['c', 'a', 'b']) write(cid);
  const again = setUp(fake);
  assert.deepEqual(again.states(), ['c sending', 'a sending', 'b sending']);
  again.write('d');
  again.outbox.start();
  for (let seq = 1; seq <= 4; seq += 1) {
    again.sendings.at(-1)!.accept(seq);
    await again.run();
  }
  assert.deepEqual(again.cids(), ['c', 'a', 'b', 'd']);
  assert.deepEqual(fake.keys, []);
});

test('what another user of this phone left unsent is not sent, and removed', () => {
  const { fake, write } = setUp(new FakeStorage(), 'u_other');
  write('a');
  const mine = setUp(fake);
  assert.equal(mine.outbox.count(), 0);
  assert.deepEqual(fake.keys, []);
});

test('junk in the storage is no message', () => {
  const fake = new FakeStorage();
  for (const [key, value] of Object.entries({ a: 7, b: {}, c: { place: 1, draft: { cid: 'c' } } })) {
    fake.set(`unsent.${key}`, value);
  }
  assert.equal(setUp(fake).outbox.count(), 0);
});

test('the storage refuses: sent from memory, said to be unsafe, and stored when there is room again', async () => {
  const { fake, outbox, sendings, write, cids, run } = setUp();
  outbox.start();
  write('a');
  fake.limit = fake.size;
  write('b');
  assert.equal(outbox.isUnsafe, true);
  assert.deepEqual(fake.keys, ['unsent.a']);
  sendings[0]!.accept(1);
  await run();
  assert.deepEqual(fake.keys, ['unsent.b']);
  assert.equal(outbox.isUnsafe, false);
  assert.deepEqual(cids(), ['a', 'b']);
});

test('no room at all: it goes out all the same', async () => {
  const { fake, outbox, sendings, write, states, run } = setUp();
  fake.limit = 0;
  outbox.start();
  write('a');
  assert.equal(outbox.isUnsafe, true);
  sendings[0]!.accept(1);
  await run();
  assert.deepEqual(states(), ['a sent']);
  assert.equal(outbox.isUnsafe, false);
});

test('the system empties the storage while messages wait: they are sent all the same', async () => {
  const { fake, outbox, sendings, write, cids, run } = setUp();
  outbox.start();
  write('a');
  write('b', 'r2');
  fake.empty();
  for (const sending of [...sendings]) sending.accept(1);
  await run();
  assert.deepEqual(cids(), ['a', 'b']);
  assert.equal(outbox.count(), 0);
});

test('one more than the bound is refused, and nothing of it is kept', () => {
  const { outbox, fake, write } = setUp();
  for (let count = 0; count < MAX_UNSENT; count += 1) write(`c${count}`, `r${count % 3}`);
  assert.throws(() => write('more'), { code: 'RATE_LIMITED' });
  assert.equal(outbox.count(), MAX_UNSENT);
  assert.equal(fake.keys.length, MAX_UNSENT);
});

test('a room that one is no longer in takes its unsent messages with it, one on its way too', async () => {
  const { fake, outbox, sendings, write, cids, run } = setUp();
  outbox.start();
  write('a');
  write('b');
  outbox.dropRoom('r1');
  assert.deepEqual(fake.keys, []);
  sendings[0]!.refuse({ code: 'NOT_FOUND' });
  await run();
  assert.deepEqual(cids(), ['a']);
  assert.equal(outbox.count(), 0);
});

test('stop ends the pauses: nothing rings without a connection', async () => {
  const { clock, outbox, sendings, write, cids, run } = setUp();
  outbox.start();
  write('a');
  sendings[0]!.refuse({ code: 'UNAVAILABLE' });
  await run();
  outbox.stop();
  assert.equal(clock.pending, 0);
  outbox.start();
  assert.deepEqual(cids(), ['a', 'a']);
});

const picture = {
  kind: 'image',
  body: { file: '', w: 4, h: 3, size: 9 },
  local: 'wxfile://saved_1',
} as const;

test('a picture is uploaded when its turn comes, shows how far it is, then goes out with the file’s id', async () => {
  const { outbox, sendings, uploads, write, run } = setUp();
  outbox.start();
  write('a');
  outbox.add({ room: 'r1', cid: 'p', ts: 1, ...picture });
  assert.equal(uploads.length, 0);
  sendings[0]!.accept(1);
  await run();
  assert.equal(uploads[0]?.path, 'wxfile://saved_1');
  uploads[0].progress(40);
  assert.deepEqual(
    outbox
      .rows('r1')
      .map(({ progress, local }) => [progress, local])
      .at(-1),
    [40, 'wxfile://saved_1'],
  );
  uploads[0].done('f_1');
  await run();
  const body = { room: 'r1', cid: 'p', kind: 'image', body: { ...picture.body, file: 'f_1' } };
  assert.deepEqual(sendings[1]?.body, body);
});

test('an upload’s progress is told in steps, not in bytes', () => {
  const { outbox, uploads, changed } = setUp();
  outbox.start();
  outbox.add({ room: 'r1', cid: 'p', ts: 1, ...picture });
  const before = changed.length;
  for (let percent = 1; percent <= 100; percent += 1) uploads[0]!.progress(percent);
  assert.ok(changed.length - before <= 11, `${changed.length - before} changes`);
});

test('an upload that is lost is tried again; one that was uploaded is not uploaded again', async () => {
  const { clock, outbox, sendings, uploads, run } = setUp();
  outbox.start();
  outbox.add({ room: 'r1', cid: 'p', ts: 1, ...picture });
  uploads[0]!.refuse({ code: 'OFFLINE' });
  await clock.run(500);
  assert.equal(uploads.length, 2);
  uploads[1]!.done('f_1');
  await run();
  sendings[0]!.refuse({ code: 'OFFLINE' });
  await run();
  outbox.stop();
  outbox.start();
  await run();
  assert.deepEqual([uploads.length, sendings.length], [2, 2]);
});

test('a picture that is no longer on the phone fails and says so', async () => {
  const { outbox, uploads, states, run } = setUp();
  outbox.start();
  outbox.add({ room: 'r1', cid: 'p', ts: 1, ...picture });
  uploads[0]!.refuse({ code: 'NO_FILE' });
  await run();
  assert.deepEqual(states(), ['p failed']);
  assert.equal(outbox.rows('r1')[0]?.error, 'NO_FILE');
});

test('a picture waits over a restart with its path', () => {
  const { outbox, fake } = setUp();
  outbox.add({ room: 'r1', cid: 'p', ts: 1, ...picture });
  const again = setUp(fake);
  assert.deepEqual([...again.outbox.paths], ['wxfile://saved_1']);
  again.outbox.start();
  assert.equal(again.uploads.length, 1);
});

test('a refusal for a time keeps until when, and the moderator’s words', async () => {
  const { outbox, sendings, write, run } = setUp();
  outbox.start();
  write('a');
  sendings[0]!.refuse({ code: 'MUTED', until: 99_000, reason: '刷屏' } as never);
  await run();
  const { error, retryAt, reason } = outbox.rows('r1')[0]!;
  assert.deepEqual([error, retryAt, reason], ['MUTED', 99_000, '刷屏']);
});

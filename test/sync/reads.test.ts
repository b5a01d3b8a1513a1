import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomId, Seq } from '../../miniprogram/protocol/objects.ts';
import { Reads } from '../../miniprogram/sync/reads.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp(kept: [RoomId, Seq][] = []) {
  const clock = new ManualClock();
  const sent: { body: { room: RoomId; seq: Seq }; confirm(): void; refuse(code: string): void }[] = [];
  const confirmed: RoomId[] = [];
  const reads = new Reads(
    {
      clock,
      send: (body) =>
        new Promise((resolve, reject) => {
          const refuse = (code: string): void => reject(Object.assign(new Error(code), { code }));
          sent.push({ body, confirm: () => resolve({}), refuse });
        }),
      confirmed: (room) => confirmed.push(room),
      changed: () => undefined,
    },
    kept,
  );
  const seqs = (): number[] => sent.map(({ body }) => body.seq);
  return { clock, sent, confirmed, reads, seqs };
}

test('many markers in a moment are one request, of the furthest', async () => {
  const { clock, reads, seqs } = setUp();
  reads.start();
  for (const seq of [3, 9, 5]) reads.note('r', seq);
  await clock.run(1_000);
  assert.deepEqual(seqs(), [9]);
});

test('a marker that moved on while an older one was confirmed is still to be confirmed', async () => {
  const { clock, sent, reads, confirmed } = setUp();
  reads.start();
  reads.note('r', 3);
  await clock.run(300);
  reads.note('r', 4);
  sent[0]!.confirm();
  await clock.run(0);
  assert.deepEqual([reads.unconfirmed, confirmed], [[['r', 4]], []]);
  await clock.run(300);
  sent[1]!.confirm();
  await clock.run(0);
  assert.deepEqual([reads.unconfirmed, confirmed], [[], ['r']]);
});

test('kept from the last time: sent when there is a connection', () => {
  const { reads, seqs } = setUp([['r', 7]]);
  assert.deepEqual(seqs(), []);
  reads.start();
  assert.deepEqual(seqs(), [7]);
});

test('refused for now: again later; for good: dropped; lost with the connection: with the next', async () => {
  const { clock, sent, reads, seqs } = setUp([['r', 7]]);
  reads.start();
  sent[0]!.refuse('UNAVAILABLE');
  await clock.run(5_000);
  assert.deepEqual(seqs(), [7, 7]);
  sent[1]!.refuse('OFFLINE');
  await clock.run(60_000);
  reads.stop();
  reads.start();
  assert.deepEqual(seqs(), [7, 7, 7]);
  sent[2]!.refuse('NOT_FOUND');
  await clock.run(60_000);
  assert.deepEqual(reads.unconfirmed, []);
  assert.equal(clock.pending, 0);
});

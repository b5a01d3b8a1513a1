import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deliveries } from './deliveries.ts';
import { findNumbers, TEXT_BYTES, textOf } from './numbered-text.ts';

const NONE = { lost: 0, again: 0, misordered: 0, strange: 0 };

/** Three sockets, `sent` messages of two senders in turn; gives what each socket is to see. */
function run(sent: number, seen: readonly (readonly number[])[]) {
  const complete: number[] = [];
  const deliveries = new Deliveries(
    { sockets: seen.length, messages: 100 },
    (number) => number % 2,
    (number) => complete.push(number),
  );
  for (let count = 0; count < sent; count++) deliveries.next();
  seen.forEach((numbers, socket) => numbers.forEach((number) => deliveries.deliver(socket, number)));
  return { faults: deliveries.finish(), complete, total: deliveries.total };
}

test('every message everywhere in one order is no fault', () => {
  const { faults, complete, total } = run(4, [
    [1, 0, 3, 2],
    [1, 0, 3, 2],
    [1, 0, 3, 2],
  ]);
  assert.deepEqual(faults, NONE);
  assert.deepEqual(complete, [1, 0, 3, 2]);
  assert.equal(total, 12);
});

test('a message missing in the middle is lost once, and is not complete', () => {
  const { faults, complete } = run(3, [
    [0, 1, 2],
    [0, 2],
    [0, 1, 2],
  ]);
  assert.deepEqual(faults, { ...NONE, lost: 1 });
  assert.deepEqual(complete, [0, 2]);
});

test('which message is missing, and where, is known, in whatever order it was told', () => {
  const deliveries = new Deliveries(
    { sockets: 2, messages: 100 },
    (number) => number % 2,
    () => undefined,
  );
  for (let count = 0; count < 4; count++) deliveries.next();
  for (const number of [1, 0, 2]) deliveries.deliver(0, number);
  for (const number of [1, 2]) deliveries.deliver(1, number);
  deliveries.finish();
  assert.deepEqual(deliveries.missing(10), [
    { socket: 1, number: 0 },
    { socket: 0, number: 3 },
    { socket: 1, number: 3 },
  ]);
  assert.equal(deliveries.missing(1).length, 1);
});

test('a message missing at the end, or everywhere, is lost', () => {
  assert.equal(
    run(3, [
      [0, 1, 2],
      [0, 1],
      [0, 1, 2],
    ]).faults.lost,
    1,
  );
  assert.equal(
    run(3, [
      [0, 1],
      [0, 1],
      [0, 1],
    ]).faults.lost,
    3,
  );
});

test('a doubled message is noticed', () => {
  assert.deepEqual(
    run(2, [
      [0, 0, 1],
      [0, 1],
      [0, 1],
    ]).faults,
    { ...NONE, again: 1 },
  );
});

test('another order at one socket is noticed', () => {
  assert.deepEqual(
    run(2, [
      [0, 1],
      [1, 0],
      [0, 1],
    ]).faults,
    { ...NONE, lost: 1, again: 1 },
  );
});

test('one sender’s messages overtaking each other is noticed though all sockets agree', () => {
  assert.deepEqual(
    run(3, [
      [2, 0, 1],
      [2, 0, 1],
    ]).faults,
    { ...NONE, misordered: 1 },
  );
});

test('a number that nobody sent is noticed', () => {
  assert.deepEqual(run(1, [[0, 1], [0]]).faults, { ...NONE, strange: 1 });
});

test('more messages than the run was sized for are refused', () => {
  const deliveries = new Deliveries(
    { sockets: 1, messages: 1 },
    () => 0,
    () => undefined,
  );
  deliveries.next();
  assert.throws(() => deliveries.next(), /more than 1/);
});

test('numbers are found in whatever surrounds them, and nowhere else', () => {
  assert.equal(Buffer.byteLength(textOf(7)), TEXT_BYTES);
  const around = JSON.stringify({ '^': '^12;', a: [textOf(7), { b: textOf(4_000_000_000) }], c: '^^' });
  const bytes = Buffer.from(`${textOf(1)}${around}${textOf(9)}`);
  const found: number[] = [];
  findNumbers({ bytes, start: TEXT_BYTES, end: bytes.length - TEXT_BYTES }, (number) => found.push(number));
  assert.deepEqual(found, [7, 4_000_000_000]);
});

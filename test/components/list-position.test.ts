import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListPosition, type PositionedRow } from '../../miniprogram/components/message-list/list-position.ts';

const theirs = (key: string): PositionedRow => ({ key });
const mine = (key: string): PositionedRow => ({ key, mine: true });
const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => theirs(`s${from + index}`));

/** The rows change; they end with the newest. */
const change = (position: ListPosition, to: readonly PositionedRow[]) => position.changed(to, true);

/** A list of s11 … s20, its reader at the end. */
function atEnd(): ListPosition {
  const position = new ListPosition();
  change(position, rows(11, 20));
  position.scrolled(900);
  position.sawTail(true);
  return position;
}

/** The same, its reader some way up. */
function higherUp(): ListPosition {
  const position = atEnd();
  position.sawTail(false);
  position.scrolled(400);
  return position;
}

test('a list opens at its end', () => {
  assert.deepEqual(change(new ListPosition(), rows(11, 20)), { name: 'end' });
});

test('who is at the end follows a new message', () => {
  assert.deepEqual(change(atEnd(), rows(11, 21)), { name: 'end' });
});

test('who follows a long evening follows it also when the oldest rows are taken away', () => {
  assert.deepEqual(change(atEnd(), rows(15, 24)), { name: 'end' });
  assert.deepEqual(change(atEnd(), rows(15, 20)), { name: 'stay' });
});

test('a tall message that pushes the end out of sight does not end the following', () => {
  const position = atEnd();
  change(position, rows(11, 21));
  position.sawTail(false);
  position.scrolled(1100);
  assert.deepEqual(change(position, rows(11, 22)), { name: 'end' });
});

test('who is higher up stays there', () => {
  const position = higherUp();
  assert.deepEqual(change(position, rows(11, 21)), { name: 'stay' });
  assert.deepEqual(change(position, rows(11, 23)), { name: 'stay' });
});

test('one leaves the end whether the scroll is told first or the end out of sight', () => {
  const scrollFirst = atEnd();
  scrollFirst.scrolled(400);
  assert.ok(scrollFirst.isFollowing);
  scrollFirst.sawTail(false);
  assert.equal(scrollFirst.isFollowing, false);

  const sightFirst = atEnd();
  sightFirst.sawTail(false);
  assert.ok(sightFirst.isFollowing);
  sightFirst.scrolled(400);
  assert.equal(sightFirst.isFollowing, false);
});

test('history that comes before the end was told out of sight pulls nobody down who has scrolled up', () => {
  const position = atEnd();
  position.scrolled(440);
  assert.deepEqual(change(position, rows(1, 20)), { name: 'stay' });
});

test('a little way up with the end in sight is not away from it, also when a tall message comes', () => {
  const position = atEnd();
  position.scrolled(880);
  assert.deepEqual(change(position, rows(11, 21)), { name: 'end' });
  position.sawTail(false);
  assert.deepEqual(change(position, rows(11, 22)), { name: 'end' });
});

test('a message of one’s own leads to the end from anywhere', () => {
  const position = higherUp();
  assert.deepEqual(change(position, [...rows(11, 20), mine('c1')]), { name: 'end' });
  assert.ok(position.isFollowing);
});

test('one’s own messages of long ago, put above, lead nowhere', () => {
  const position = higherUp();
  assert.deepEqual(change(position, [mine('c0'), ...rows(11, 20)]), { name: 'stay' });
});

test('a row that only changes moves nothing', () => {
  assert.deepEqual(change(atEnd(), rows(11, 20)), { name: 'stay' });
  assert.deepEqual(change(higherUp(), rows(11, 20)), { name: 'stay' });
});

test('history above a reader at the very top keeps the row that was the first, with its time', () => {
  const position = higherUp();
  position.sawHead(true);
  assert.deepEqual(change(position, rows(1, 20)), { name: 'keep', key: 's11', underDivider: false });

  const timed = higherUp();
  timed.sawHead(true);
  change(timed, [{ key: 's11', divider: '12:00' }, ...rows(12, 20)]);
  assert.deepEqual(change(timed, rows(1, 20)), { name: 'keep', key: 's11', underDivider: true });
});

test('history that pushes the newest rows out of the window keeps the place all the same', () => {
  const position = higherUp();
  position.sawHead(true);
  const move = position.changed(rows(1, 15), false);
  assert.deepEqual(move, { name: 'keep', key: 's11', underDivider: false });
});

test('history above a reader further down is left to the platform', () => {
  assert.deepEqual(change(higherUp(), rows(1, 20)), { name: 'stay' });
});

test('a short list that shows its head and its end follows the end when history comes', () => {
  const position = new ListPosition();
  change(position, rows(19, 20));
  position.sawHead(true);
  position.sawTail(true);
  assert.deepEqual(change(position, rows(11, 20)), { name: 'end' });
});

test('the end of rows that do not end with the newest is no end to follow', () => {
  const position = new ListPosition();
  position.changed(rows(11, 20), false);
  position.sawTail(true);
  assert.equal(position.isFollowing, false);
  assert.deepEqual(position.changed(rows(11, 25), false), { name: 'stay' });
});

test('another stretch of the log is shown where it is, not at its end', () => {
  assert.deepEqual(higherUp().changed(rows(301, 320), false), { name: 'stay' });
});

test('a keyboard takes the end along only for who was there', () => {
  assert.deepEqual(atEnd().resized(), { name: 'end' });
  assert.deepEqual(higherUp().resized(), { name: 'stay' });
});

test('a list of which nothing is left opens at its end anew', () => {
  assert.deepEqual(change(higherUp(), rows(301, 320)), { name: 'end' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListPosition, type PositionedRow } from '../../miniprogram/components/message-list/list-position.ts';

const theirs = (key: string): PositionedRow => ({ key, mine: false, notice: '' });
const mine = (key: string): PositionedRow => ({ key, mine: true, notice: '' });
const notice = (key: string): PositionedRow => ({ key, mine: false, notice: '小红加入了聊天' });
const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => theirs(`s${from + index}`));

/** A list of s11 … s20, its reader at the end. */
function atEnd(): ListPosition {
  const position = new ListPosition();
  position.changed(rows(11, 20));
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
  assert.deepEqual(new ListPosition().changed(rows(11, 20)), { name: 'end' });
});

test('who is at the end follows a new message', () => {
  const position = atEnd();
  assert.deepEqual(position.changed(rows(11, 21)), { name: 'end' });
  assert.equal(position.fresh, 0);
});

test('a tall message that pushes the end out of sight does not end the following', () => {
  const position = atEnd();
  position.changed(rows(11, 21));
  position.sawTail(false);
  position.scrolled(1100);
  assert.deepEqual(position.changed(rows(11, 22)), { name: 'end' });
});

test('who is higher up stays there, and new messages are counted', () => {
  const position = higherUp();
  assert.deepEqual(position.changed(rows(11, 21)), { name: 'stay' });
  assert.deepEqual(position.changed(rows(11, 23)), { name: 'stay' });
  assert.equal(position.fresh, 3);
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

test('a little way up with the end in sight is not away from it, also when a tall message comes', () => {
  const position = atEnd();
  position.scrolled(880);
  assert.deepEqual(position.changed(rows(11, 21)), { name: 'end' });
  position.sawTail(false);
  assert.deepEqual(position.changed(rows(11, 22)), { name: 'end' });
});

test('a notice is no message to count', () => {
  const position = higherUp();
  position.changed([...rows(11, 20), notice('s21'), theirs('s22')]);
  assert.equal(position.fresh, 1);
});

test('a message of one’s own leads to the end from anywhere', () => {
  const position = higherUp();
  assert.deepEqual(position.changed([...rows(11, 20), mine('c1')]), { name: 'end' });
  assert.ok(position.isFollowing);
});

test('a row that only changes moves nothing', () => {
  assert.deepEqual(atEnd().changed(rows(11, 20)), { name: 'stay' });
  assert.deepEqual(higherUp().changed(rows(11, 20)), { name: 'stay' });
});

test('history above a reader at the very top keeps the row that was the first', () => {
  const position = higherUp();
  position.sawHead(true);
  assert.deepEqual(position.changed(rows(1, 20)), { name: 'keep', key: 's11' });
  assert.equal(position.fresh, 0);
});

test('history above a reader further down is left to the platform', () => {
  assert.deepEqual(higherUp().changed(rows(1, 20)), { name: 'stay' });
});

test('history and a new message at once: the place is kept and the message counted', () => {
  const position = higherUp();
  position.sawHead(true);
  assert.deepEqual(position.changed(rows(1, 21)), { name: 'keep', key: 's11' });
  assert.equal(position.fresh, 1);
});

test('a short list that shows its head and its end follows the end when history comes', () => {
  const position = new ListPosition();
  position.changed(rows(19, 20));
  position.sawHead(true);
  position.sawTail(true);
  assert.deepEqual(position.changed(rows(11, 20)), { name: 'end' });
});

test('reaching the end, or asking for it, clears the count', () => {
  const reached = higherUp();
  reached.changed(rows(11, 21));
  reached.sawTail(true);
  assert.equal(reached.fresh, 0);

  const asked = higherUp();
  asked.changed(rows(11, 21));
  assert.deepEqual(asked.toEnd(), { name: 'end' });
  assert.equal(asked.fresh, 0);
});

test('a keyboard takes the end along only for who was there', () => {
  assert.deepEqual(atEnd().resized(), { name: 'end' });
  assert.deepEqual(higherUp().resized(), { name: 'stay' });
});

test('a list of which nothing is left opens at its end anew', () => {
  assert.deepEqual(higherUp().changed(rows(301, 320)), { name: 'end' });
});

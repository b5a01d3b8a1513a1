import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_ROWS, PARCEL_ROWS, RowWindow } from '../../miniprogram/pages/chat/row-window.ts';

const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ key: `s${from + index}` }));
type Rows = { key: string }[];

const keys = (window: RowWindow, all: Rows, isFollowing = true): string[] =>
  window.over(all, isFollowing).flatMap(({ from, to }) => all.slice(from, to).map(({ key }) => key));
const ends = (window: RowWindow, all: Rows, isFollowing = true) => {
  const shown = keys(window, all, isFollowing);
  return [shown[0], shown.at(-1), shown.length];
};

test('it opens at the end with two parcels', () => {
  assert.deepEqual(ends(new RowWindow(), rows(1, 500)), ['s461', 's500', 40]);
  assert.deepEqual(ends(new RowWindow(), rows(1, 5)), ['s1', 's5', 5]);
  assert.deepEqual(new RowWindow().over([], true), []);
});

test('a few rows that get history above them take it in up to what a chat opens with', () => {
  const window = new RowWindow();
  window.over(rows(491, 500), true);
  assert.deepEqual(ends(window, rows(401, 500)), ['s451', 's500', 50]);
});

test('a message that comes changes the last parcel and no other, until that is full', () => {
  const window = new RowWindow();
  const before = window.over(rows(1, 45), true);
  const after = window.over(rows(1, 46), true);
  assert.deepEqual(
    after.map(({ id }) => id).slice(0, before.length),
    before.map(({ id }) => id),
  );
  assert.deepEqual(after.slice(0, -1), before.slice(0, after.length - 1));
});

test('who follows the end never has more than the bound, whatever comes', () => {
  const window = new RowWindow();
  for (let count = 1; count <= 500; count += 1) {
    const shown = keys(window, rows(1, count));
    assert.equal(shown.at(-1), `s${count}`);
    assert.ok(shown.length <= MOST_ROWS);
  }
});

test('who reads higher up keeps every row, and the window stops growing', () => {
  const window = new RowWindow();
  window.over(rows(1, 100), true);
  for (let count = 101; count <= 500; count += 7) {
    const shown = keys(window, rows(1, count), false);
    assert.equal(shown[0], 's61');
    assert.ok(shown.length <= MOST_ROWS);
  }
  assert.equal(window.isOpen, false);
  assert.deepEqual(ends(window, rows(1, 500), false), ['s61', 's180', MOST_ROWS]);
});

test('a burst while one follows ends with the newest', () => {
  const window = new RowWindow();
  window.over(rows(1, 100), true);
  const shown = keys(window, rows(1, 1_000));
  assert.deepEqual([shown.at(-1), shown.length <= MOST_ROWS], ['s1000', true]);
});

test('it slides up to the first row and down to the last, a parcel at a time, and never grows past its bound', () => {
  const all = rows(1, 500);
  const window = new RowWindow();
  window.over(all, true);
  let slides = 0;
  while (window.up(all)) {
    slides += 1;
    assert.ok(keys(window, all, false).length <= MOST_ROWS);
  }
  assert.equal(slides, (500 - 40) / PARCEL_ROWS);
  assert.deepEqual(ends(window, all, false), ['s1', `s${MOST_ROWS}`, MOST_ROWS]);
  assert.equal(window.isOpen, false);
  while (window.down(all)) assert.ok(keys(window, all, false).length <= MOST_ROWS);
  assert.deepEqual(ends(window, all, false), ['s381', 's500', MOST_ROWS]);
  assert.equal(window.isOpen, true);
});

test('sliding keeps the parcels it does not take away, and gives no two the same slot', () => {
  const all = rows(1, 500);
  const window = new RowWindow();
  for (let slide = 0; slide < 12; slide += 1) {
    const before = window.over(all, false);
    window.up(all);
    const after = window.over(all, false);
    assert.equal(new Set(after.map(({ slot }) => slot)).size, after.length);
    assert.deepEqual(
      after.slice(1).map(({ id }) => id),
      before.slice(0, after.length - 1).map(({ id }) => id),
    );
  }
});

test('history above the rows moves no parcel', () => {
  const window = new RowWindow();
  const before = window.over(rows(51, 150), false);
  const after = window.over(rows(1, 150), false);
  assert.deepEqual(
    after.map(({ id }) => id),
    before.map(({ id }) => id),
  );
  assert.equal(window.up(rows(1, 150)), true);
});

test('about a place: the place is in it, with rows on both sides', () => {
  const all = rows(1, 500);
  const window = new RowWindow();
  window.over(all, true);
  window.around(all, 199);
  assert.ok(window.holds(all, 199));
  assert.deepEqual(ends(window, all, false), ['s180', 's239', 60]);
  assert.equal(window.isOpen, false);
  window.around(all, 495);
  assert.equal(window.isOpen, true);
  window.toEnd(all);
  assert.deepEqual(ends(window, all), ['s461', 's500', 40]);
});

test('an unsent message that others overtake moves to the end without a double', () => {
  const window = new RowWindow();
  const unsent = { key: 'c1' };
  window.over([...rows(1, 40), unsent], true);
  for (let count = 41; count <= 90; count += 1) {
    const all = [...rows(1, count), unsent];
    const shown = keys(window, all);
    assert.equal(new Set(shown).size, shown.length);
    assert.equal(shown.at(-1), 'c1');
    assert.deepEqual(shown, all.map(({ key }) => key).slice(-shown.length));
  }
});

test('a row that ended the window and is gone: it ends with the rows', () => {
  const all = [...rows(1, 300), { key: 'c1' }];
  const window = new RowWindow();
  window.over(all, true);
  for (let slide = 0; slide < 10; slide += 1) window.up(all);
  const last = keys(window, all, false).at(-1);
  const without = all.filter(({ key }) => key !== last);
  assert.equal(keys(window, without, false).at(-1), 'c1');
});

test('another list shows its end', () => {
  const window = new RowWindow();
  window.over(rows(1, 100), true);
  assert.deepEqual(ends(window, rows(901, 1_000)), ['s961', 's1000', 40]);
});

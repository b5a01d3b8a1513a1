import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diff } from '../../miniprogram/store/diff.ts';
import type { Row } from '../../miniprogram/store/state.ts';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function row(seq: number, more: Partial<Row> = {}): Row {
  const text = '今天下午三点在老地方喝茶，有空的话一起来吧。';
  const from = `user-${String(seq % 7).padStart(16, '0')}`;
  const ts = 1_795_507_200_000 + seq;
  return { key: `s${seq}`, seq, from, mine: false, kind: 'text', body: { text }, ts, state: 'sent', ...more };
}

const rows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, i) => row(from + i));

/** What the page's data is after setData. */
function apply(data: object, changes: Record<string, unknown>): unknown {
  const result = structuredClone(data) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split(/[.[\]]/).filter((step) => step !== '');
    const last = steps.pop()!;
    const place = steps.reduce<Record<string, unknown>>(
      (at, step) => at[step] as Record<string, unknown>,
      result,
    );
    place[last] = structuredClone(value);
  }
  return result;
}

test('nothing changed: nothing is sent', () => {
  const shown = { rows: rows(1, 50), name: 'tea' };
  assert.deepEqual(diff(shown, { ...shown }), {});
  assert.deepEqual(diff(shown, structuredClone(shown)), {});
});

test('a message that becomes sent costs its fields, not the list', () => {
  const before = { rows: [...rows(1, 199), row(200, { state: 'sending' })] };
  const after = { rows: [...before.rows.slice(0, -1), { ...before.rows[199]!, state: 'sent' as const }] };
  assert.deepEqual(diff(before, after), { 'rows[199].state': 'sent' });
});

test('a new message is one row at the end: less than 500 bytes beside a list of 80 KB', () => {
  const before = { rows: rows(1, 400) };
  const changes = diff(before, { rows: [...before.rows, row(401)] });
  assert.deepEqual(Object.keys(changes), ['rows[400]']);
  assert.ok(bytes(changes) < 500, `${bytes(changes)} bytes`);
  assert.ok(bytes(before) > 80_000);
});

test('a message that comes while two of one’s own wait moves only those two', () => {
  const mine = [row(1_001, { key: 'ca', state: 'sending' }), row(1_002, { key: 'cb', state: 'sending' })];
  const before = { rows: [...rows(1, 100), ...mine] };
  const changes = diff(before, { rows: [...rows(1, 100), row(101), ...mine] });
  assert.deepEqual(Object.keys(changes), ['rows[100]', 'rows[101]', 'rows[102]']);
});

test('a page of history put in at the front sends the list once, within 30 KB', () => {
  const before = { rows: rows(51, 100) };
  const changes = diff(before, { rows: [...rows(1, 50), ...before.rows] });
  assert.deepEqual(Object.keys(changes), ['rows']);
  assert.ok(bytes(changes) <= 30_000, `${bytes(changes)} bytes`);
});

test('a list that got shorter is sent whole, as setData cannot shorten one', () => {
  const before = { rows: rows(1, 3) };
  assert.deepEqual(diff(before, { rows: before.rows.slice(0, 2) }), { rows: before.rows.slice(0, 2) });
});

test('an empty list that fills is one value', () => {
  assert.deepEqual(Object.keys(diff({ rows: [] }, { rows: rows(1, 50) })), ['rows']);
});

test('rows of different keys are never mixed field by field', () => {
  const before = { rows: [row(1, { recalled: true, body: {} }), row(2), row(3)] };
  const after = { rows: [before.rows[0]!, row(9), before.rows[2]!] };
  assert.deepEqual(diff(before, after), { 'rows[1]': row(9) });
});

test('a field that went away takes the whole row with it, one at the top becomes null', () => {
  const failed = row(1, { state: 'failed', error: 'MUTED' });
  assert.deepEqual(diff({ rows: [failed] }, { rows: [row(1, { state: 'sending' })] }), {
    'rows[0]': row(1, { state: 'sending' }),
  });
  assert.deepEqual(diff({ name: 'a', peer: 'b' }, { name: 'a' }), { peer: null });
  assert.deepEqual(diff({ name: 'a' }, { name: undefined }), { name: null });
});

test('a key that a path cannot name is sent with its parent', () => {
  const before = { people: { 'u-1': { name: 'a' }, u2: { name: 'b' } } };
  const after = { people: { 'u-1': { name: 'c' }, u2: { name: 'b' } } };
  assert.deepEqual(diff(before, after), { people: after.people });
  assert.deepEqual(diff({ people: { u2: { name: 'b' } } }, { people: { u2: { name: 'c' } } }), {
    'people.u2.name': 'c',
  });
});

test('whatever happens to a list, the page shows what it should afterwards', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 500; round += 1) {
    const before = { rows: rows(1, 1 + random(12)), head: random(3) };
    const after = { rows: [...before.rows], head: random(3) };
    for (let step = random(5); step > 0; step -= 1) {
      const at = random(after.rows.length + 1);
      const doing = random(4);
      if (doing === 0) after.rows.splice(at, 0, row(100 + random(50)));
      if (doing === 1) after.rows.splice(at, 1);
      if (doing === 2 && after.rows[at])
        after.rows[at] = { ...after.rows[at], state: 'failed', error: 'MUTED' };
      if (doing === 3) after.rows.push(row(200 + random(50)));
    }
    assert.deepEqual(apply(before, diff(before, after)), after, `round ${round}`);
  }
});

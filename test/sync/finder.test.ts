import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Finder, findIn } from '../../miniprogram/sync/finder.ts';
import type { Row } from '../../miniprogram/store/state.ts';

const line = (seq: number, text: string, more: Partial<Row> = {}): Row => ({
  key: `s${seq}`,
  seq,
  from: 'u2',
  mine: false,
  kind: 'text',
  body: { text },
  ts: seq * 1_000,
  state: 'sent',
  ...more,
});
const seqs = (hits: { seq: number }[]) => hits.map(({ seq }) => seq);

test('a text is found by any part of it, in whatever case, the newest first', () => {
  const rows = [line(1, 'Green Tea'), line(2, '红茶'), line(3, 'tea time')];
  assert.deepEqual(seqs(findIn('hall', rows, ' tea ')), [3, 1]);
  assert.deepEqual(seqs(findIn('hall', rows, '茶')), [2]);
  assert.deepEqual(findIn('hall', rows, '  '), []);
});

test('what was recalled, is no text, or was not sent is not found', () => {
  const { seq: _, ...unsent } = line(4, 'tea');
  const rows = [
    line(1, 'tea', { recalled: true }),
    line(2, 'tea', { kind: 'sys' }),
    line(3, 'tea', { kind: 'file' }),
    unsent,
  ];
  assert.deepEqual(findIn('hall', rows, 'tea'), []);
});

function setUp(logs: Record<string, Row[]>) {
  const asked: [op: string, body: object][] = [];
  const needed: number[] = [];
  const replies: Record<string, object> = {};
  const link = {
    request: (op: string, body: object) => {
      asked.push([op, body]);
      return Promise.resolve(replies[op] ?? {});
    },
  } as unknown as ConstructorParameters<typeof Finder>[0];
  const finder = new Finder(link, () => ({
    rooms: { ids: Object.keys(logs) },
    logs: {
      get: (room) => (logs[room] ? { first: 1, hasOlder: false, rows: () => logs[room] ?? [] } : null),
    },
    people: { need: (lines) => void needed.push(...lines.map(({ seq }) => seq)) },
  }));
  return { finder, asked, needed, replies };
}

test('on the phone all rooms are looked into, or the one that is named', () => {
  const { finder } = setUp({ hall: [line(1, 'tea')], red: [line(5, 'tea')] });
  assert.deepEqual(
    finder.find('tea').map(({ room, seq }) => `${room} ${seq}`),
    ['red 5', 'hall 1'],
  );
  assert.deepEqual(seqs(finder.find('tea', 'hall')), [1]);
});

test('nobody signed in finds nothing on the phone', () => {
  const link = {} as ConstructorParameters<typeof Finder>[0];
  assert.deepEqual(new Finder(link, () => null).find('tea'), []);
});

test('what the server finds is given as hits, and the names in it are asked for', async () => {
  const { finder, asked, needed, replies } = setUp({});
  replies['message.search'] = { hits: [{ room: 'hall', entry: line(7, 'tea') }], more: true, next: 'n1' };
  const reply = await finder.search('tea', { room: 'hall', next: 'n0' });
  assert.deepEqual(asked, [['message.search', { query: 'tea', room: 'hall', next: 'n0' }]]);
  assert.deepEqual([seqs(reply.hits), reply.next], [[7], 'n1']);
  assert.deepEqual(needed, [7]);
  replies['message.search'] = { hits: [], more: false, next: 'n2' };
  assert.deepEqual(await finder.search('tea'), { hits: [] });
});

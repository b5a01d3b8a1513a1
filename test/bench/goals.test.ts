import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goalTable, goals } from './goals.ts';
import type { Result } from './run.ts';

const FAULTS = { lost: 0, again: 0, misordered: 0, strange: 0 };

const durable = (acked: readonly number[], ackP99: number): Result => ({
  part: 'durable',
  title: '',
  began: '2026-01-01T00:00:00.000Z',
  machine: '',
  commit: '',
  versions: {},
  options: { sockets: 50, seconds: 1, warmUpSeconds: 1, rounds: acked.length },
  absent: [],
  table: [],
  sessions: acked.map((ackedPerSecond, index) => ({
    contender: 'chahua',
    title: 'ours',
    ack: 'fsynced' as const,
    versions: {},
    round: index + 1,
    loadAverage: '',
    samples: [{ shape: '50 × 20 in flight', metrics: { ackedPerSecond, ackP99 }, faults: FAULTS }],
  })),
});

const rowOf = (result: Result, id: string) =>
  goalTable(new Map([[result.part, result]]), 'all').find((row) => row[''] === id);

test('a goal is met by the median of the rounds, and not by the best of them', () => {
  assert.equal(rowOf(durable([29_000, 31_000, 32_000], 40), 'G8')?.['met'], 'met');
  assert.equal(rowOf(durable([29_000, 29_500, 32_000], 40), 'G8')?.['met'], '**not met**');
  assert.equal(rowOf(durable([31_000], 51), 'G8')?.['met'], '**not met**');
  assert.equal(rowOf(durable([31_000], 49), 'G8')?.['ours'], '31,000/s, p99 49 ms');
});

test('a goal whose part was not run claims nothing, and one of another command names what that prints', () => {
  const row = rowOf(durable([31_000], 49), 'G9');
  assert.deepEqual([row?.['ours'], row?.['met']], ['not measured yet', '']);
  assert.match(rowOf(durable([31_000], 49), 'G2')?.['ours'] ?? '', /the command prints: M1 and M2 held/);
});

test('G1 to G15, each once, each with a command', () => {
  assert.deepEqual(
    goals.map(({ id }) => id),
    Array.from({ length: 15 }, (_, index) => `G${index + 1}`),
  );
  for (const { command, show, prints } of goals) {
    assert.match(command, /^npm /);
    assert.ok((show === undefined) !== (prints === undefined));
  }
});

/**
 * S25: seeded nonsense, from bytes that are no frame to requests with one thing wrong. Nothing a client sends ends the
 * process, opens a hole in another's service, or leaks a socket. `npm run fuzz -- --frames 1000000` is the long run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../faults/random.ts';
import { Fuzzer, FUZZED_ENV, megabytes } from '../fuzz/fuzzer.ts';
import { KINDS, VOLLEY, volley } from '../fuzz/nonsense.ts';
import { ServerProcess } from '../support/server-process.ts';

const FRAMES = 20_000;
const WARM_UP_FRAMES = 4_000;
const ROOMS = { playground: 'playground', closed: 'closed' };

test(`S25 after ${FRAMES} frames of nonsense the server runs, others are served, nothing has leaked`, async (t) => {
  const server = await ServerProcess.start({ env: FUZZED_ENV });
  t.after(() => server.stop());
  const fuzzer = await Fuzzer.arrive(server, random().seed);
  const warmUp = WARM_UP_FRAMES / VOLLEY;
  await fuzzer.run(1, warmUp);
  const before = await fuzzer.usage;
  await fuzzer.run(warmUp + 1, warmUp + FRAMES / VOLLEY);
  const after = await fuzzer.settle(before);
  const outcomes = JSON.stringify(Object.fromEntries(fuzzer.outcomes));
  t.diagnostic(`FAULT_SEED=${fuzzer.seed}`);
  t.diagnostic(`${outcomes}; ${megabytes(after.residentBytes - before.residentBytes)} MB more`);
  assert.deepEqual(fuzzer.violations, []);
  assert.ok((fuzzer.outcomes.get('BAD_REQUEST') ?? 0) > FRAMES / 4, 'most frames were not heard');
  assert.ok((fuzzer.outcomes.get('ok') ?? 0) > FRAMES / 20, 'good requests were not answered');
});

test('S25 the same seed makes the same nonsense, another makes other, and every kind comes up', () => {
  const frames = (seed: number) =>
    Array.from({ length: 200 }, (_, number) => volley(seed, number, ROOMS, 10)).flatMap(
      ({ pieces }) => pieces,
    );
  const bytes = (seed: number) => Buffer.concat(frames(seed).map((piece) => piece.bytes));
  assert.ok(bytes(1).equals(bytes(1)));
  assert.equal(bytes(1).equals(bytes(2)), false);
  const kinds = new Set(frames(1).map(({ kind }) => kind));
  assert.deepEqual(
    KINDS.filter((kind) => !kinds.has(kind)),
    [],
  );
});

test('S25 a process that ends under it is noticed, and the volleys that may have done it are named', async (t) => {
  const server = await ServerProcess.start({ env: FUZZED_ENV });
  t.after(() => server.stop());
  const fuzzer = await Fuzzer.arrive(server, 1);
  await fuzzer.run(1, 40);
  assert.deepEqual(fuzzer.violations, []);
  await server.kill9();
  await fuzzer.run(41, 200);
  assert.deepEqual(
    fuzzer.violations.map(({ volleys }) => volleys),
    [[41, 100]],
  );
});

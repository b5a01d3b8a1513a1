import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import type { Call, Outcome } from '../../server/store/sqlite/batch.ts';
import { Lane, type LaneOptions } from '../../server/store/sqlite/lane.ts';
import { startThread, type Thread } from '../../server/store/sqlite/thread.ts';

type Echo = Readonly<{ echo: (value: unknown) => unknown }>;

/** Answers a batch when the test says so. */
class HeldThread implements Thread {
  isAlive = true;
  isClosed = false;
  readonly batches: Call[][] = [];
  #settle: { resolve: (outcomes: Outcome[]) => void; reject: (reason: Error) => void } | null = null;

  run(calls: Call[]): Promise<Outcome[]> {
    assert.equal(this.#settle, null, 'one batch at a time');
    this.batches.push(calls);
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  async answer(): Promise<void> {
    const calls = this.batches.at(-1) ?? [];
    this.#take().resolve(calls.map(({ args }) => ({ value: (JSON.parse(args) as unknown[])[0] })));
    await turn();
  }

  async fail(): Promise<void> {
    this.#take().reject(new Error('disk I/O error'));
    await turn();
  }

  async die(): Promise<void> {
    this.isAlive = false;
    await this.fail();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  #take() {
    const settle = this.#settle;
    assert.ok(settle, 'a batch is under way');
    this.#settle = null;
    return settle;
  }
}

/** Lets everything that is due run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function held(bounds: Partial<LaneOptions> = {}) {
  const threads: HeldThread[] = [];
  const troubles: unknown[] = [];
  const lane = new Lane<Echo>({
    start: () => {
      const thread = new HeldThread();
      threads.push(thread);
      return Promise.resolve(thread);
    },
    onTrouble: (reason) => troubles.push(reason),
    ...bounds,
  });
  await lane.open();
  const thread = threads[0];
  assert.ok(thread);
  return { lane, thread, threads, troubles };
}

const isUnavailable = (reason: unknown): boolean =>
  reason instanceof Refusal && reason.code === 'UNAVAILABLE' && reason.retryAfterMs === 1_000;

/** So that a rejection that a test looks at later is not taken for one that nobody sees. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

describe('a lane', () => {
  test('calls of one turn share a batch; what comes while it is under way forms the next', async () => {
    const { lane, thread } = await held();
    const first = [1, 2, 3].map((value) => lane.call('echo', value));
    await turn();
    const second = [4, 5].map((value) => lane.call('echo', value));
    await turn();
    const third = lane.call('echo', 6);
    await turn();
    assert.deepEqual(
      thread.batches.map((batch) => batch.map(({ args }) => args)),
      [['[1]', '[2]', '[3]']],
    );
    await thread.answer();
    assert.deepEqual(await Promise.all(first), [1, 2, 3]);
    await thread.answer();
    assert.deepEqual(await Promise.all([...second, third]), [4, 5, 6]);
    assert.deepEqual(lane.stats(), { waiting: 0, batches: 2, calls: 6 });
  });

  test('who is answered and asks again at once comes along with those who waited', async () => {
    const { lane, thread } = await held();
    const again = lane.call('echo', 1).then(() => lane.call('echo', 2));
    await turn();
    const waited = lane.call('echo', 3);
    await thread.answer();
    assert.deepEqual(
      thread.batches[1]?.map(({ args }) => args),
      ['[3]', '[2]'],
    );
    await thread.answer();
    assert.deepEqual(await Promise.all([again, waited]), [2, 3]);
  });

  test('a batch has at most 1,000 calls', async () => {
    const { lane, thread } = await held();
    const calls = Array.from({ length: 1_001 }, (_, value) => lane.call('echo', value));
    await turn();
    await thread.answer();
    await thread.answer();
    assert.deepEqual(
      thread.batches.map((batch) => batch.length),
      [1_000, 1],
    );
    assert.equal((await Promise.all(calls)).length, 1_001);
  });

  test('past the most calls one more is refused at once; who is answered may ask again at once', async () => {
    const { lane, thread } = await held({ maxCalls: 3 });
    const accepted = [1, 2, 3].map((value) => lane.call('echo', value));
    await turn();
    await assert.rejects(lane.call('echo', 4), isUnavailable);
    assert.equal(lane.stats().waiting, 3);
    const late = accepted[0]?.then(() => lane.call('echo', 5));
    await thread.answer();
    await Promise.all(accepted);
    await thread.answer();
    assert.equal(await late, 5);
  });

  test('past the most characters one more call is refused; a smaller one still fits', async () => {
    const { lane, thread } = await held({ maxSize: 100 });
    const large = lane.call('echo', 'x'.repeat(80));
    await turn();
    await assert.rejects(lane.call('echo', 'y'.repeat(20)), isUnavailable);
    const small = lane.call('echo', 'z');
    await thread.answer();
    await thread.answer();
    assert.equal((await large) === 'x'.repeat(80) && (await small) === 'z', true);
    const again = lane.call('echo', 'x'.repeat(80));
    await turn();
    await thread.answer();
    await again;
  });

  test('a batch that fails is refused as a whole and not tried again; the next is served', async () => {
    const { lane, thread, threads, troubles } = await held();
    const lost = [1, 2].map((value) => watched(lane.call('echo', value)));
    await turn();
    await thread.fail();
    for (const call of lost) await assert.rejects(call, isUnavailable);
    assert.equal(troubles.length, 1);
    const next = lane.call('echo', 3);
    await turn();
    await thread.answer();
    assert.equal(await next, 3);
    assert.deepEqual([thread.batches.length, threads.length], [2, 1]);
  });

  test('a call at fault is rejected as a bug, with the name of its method', async () => {
    const { lane, thread } = await held();
    thread.run = () => Promise.resolve([{ fault: { message: 'no such thing', stack: 'the stack' } }]);
    await assert.rejects(lane.call('echo', 1), (reason) => {
      assert.ok(reason instanceof Error && !(reason instanceof Refusal));
      assert.deepEqual([reason.message, reason.stack], ['store: echo failed: no such thing', 'the stack']);
      return true;
    });
  });

  test('a thread that died is replaced when the next call comes', async () => {
    const { lane, thread, threads } = await held();
    const lost = watched(lane.call('echo', 1));
    await turn();
    await thread.die();
    await assert.rejects(lost, isUnavailable);
    assert.equal(threads.length, 1);
    const next = lane.call('echo', 2);
    await turn();
    await threads[1]?.answer();
    assert.equal(await next, 2);
  });

  test('while no thread comes up calls are refused, and each batch tries anew', async () => {
    let starts = 0;
    const thread = new HeldThread();
    const lane = new Lane<Echo>({
      start: () => {
        starts += 1;
        return starts < 3 ? Promise.reject(new Error('no disk')) : Promise.resolve(thread);
      },
      onTrouble: () => undefined,
    });
    await assert.rejects(lane.call('echo', 1), isUnavailable);
    await assert.rejects(lane.call('echo', 2), isUnavailable);
    const third = lane.call('echo', 3);
    await turn();
    await thread.answer();
    assert.equal(await third, 3);
  });

  test('close waits for what was asked before and refuses what is asked after', async () => {
    const { lane, thread } = await held();
    const before = lane.call('echo', 1);
    const closed = lane.close();
    await assert.rejects(lane.call('echo', 2), isUnavailable);
    await turn();
    assert.equal(thread.isClosed, false);
    await thread.answer();
    assert.equal(await before, 1);
    await closed;
    assert.equal(thread.isClosed, true);
  });

  test('a real thread that dies in the middle of a batch: UNAVAILABLE, then a new thread serves', async () => {
    const program = new URL('dying-worker.ts', import.meta.url);
    const lane = new Lane<Echo>({
      start: async () =>
        (await startThread({ role: 'reader', file: '', epoch: { name: 'known', value: '' } }, program))
          .thread,
      onTrouble: () => undefined,
    });
    assert.equal(await lane.call('echo', 'first'), 'first');
    await assert.rejects(lane.call('echo', 'throw'), isUnavailable);
    assert.equal(await lane.call('echo', 'second'), 'second');
    await assert.rejects(lane.call('echo', 'exit'), isUnavailable);
    assert.equal(await lane.call('echo', 'third'), 'third');
    await lane.close();
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { MOST_TASKS, Thread } from './thread.ts';

function start() {
  const clock = new ManualClock();
  const done: string[] = [];
  const faults: unknown[] = [];
  const thread = new Thread({
    after: (ms, run) => clock.after(ms, run),
    onFault: (fault) => faults.push(fault),
  });
  const run = (name: string): void => thread.run(() => done.push(name));
  return { clock, done, faults, thread, run };
}

describe('the thread of an app', () => {
  it('a task runs at once where nothing else does, and after the one that made it', () => {
    const { done, thread, run } = start();
    thread.run(() => {
      run('inner');
      done.push('outer');
    });
    assert.deepEqual(done, ['outer', 'inner']);
  });

  it('a frozen app does nothing; thawed it does everything, in order', () => {
    const { done, thread, run } = start();
    thread.freeze();
    run('a');
    run('b');
    assert.deepEqual([done, thread.waiting], [[], 2]);
    thread.thaw();
    assert.deepEqual([done, thread.waiting], [['a', 'b'], 0]);
  });

  it('an ended app does nothing any more, not even what waited', () => {
    const { done, thread, run } = start();
    thread.freeze();
    run('a');
    thread.end();
    thread.thaw();
    run('b');
    assert.deepEqual(done, []);
  });

  it('a task that throws is told of and stops no other', () => {
    const { done, faults, thread, run } = start();
    thread.run(() => {
      throw new Error('a bug');
    });
    run('next');
    assert.deepEqual([done, faults], [['next'], [new Error('a bug')]]);
  });

  it('on a slow device each task waits until the one before is over and done', () => {
    const { clock, done, thread, run } = start();
    thread.slow(60);
    run('a');
    run('b');
    run('c');
    assert.deepEqual(done, ['a']);
    clock.advance(60);
    assert.deepEqual(done, ['a', 'b']);
    thread.slow(0);
    clock.advance(60);
    assert.deepEqual(done, ['a', 'b', 'c']);
  });

  it('at the bound the oldest task goes, and that is told', () => {
    const { done, faults, thread, run } = start();
    thread.freeze();
    for (let n = 0; n <= MOST_TASKS; n += 1) run(`${n}`);
    assert.equal(thread.waiting, MOST_TASKS);
    assert.equal(faults.length, 1);
    thread.thaw();
    assert.deepEqual([done[0], done.length], ['1', MOST_TASKS]);
  });
});

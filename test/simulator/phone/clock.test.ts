import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { MOST_MISSED, PhoneClock } from './clock.ts';
import { Thread } from './thread.ts';

function start() {
  const real = new ManualClock();
  const fired: string[] = [];
  const after = (ms: number, run: () => void) => real.after(ms, run);
  const thread = new Thread({ after, onFault: assert.ifError });
  const clock = new PhoneClock({ now: () => real.now(), after, run: (task) => thread.run(task) });
  const fire = (name: string) => () => void fired.push(name);
  return { real, fired, thread, clock, fire };
}

describe('the clock of a phone', () => {
  it('fires timers when they are due, in that order, and intervals again', () => {
    const { real, fired, clock, fire } = start();
    clock.setTimeout(fire('30'), 30);
    clock.setTimeout(fire('10'), 10);
    const id = clock.setInterval(fire('i'), 20);
    real.advance(50);
    clock.clear(id);
    real.advance(100);
    assert.deepEqual(fired, ['10', 'i', '30', 'i']);
    assert.equal(clock.pending, 0);
  });

  it('timers that come due while the app is frozen fire together at its thaw, intervals as often as they missed', () => {
    const { real, fired, thread, clock, fire } = start();
    clock.setInterval(fire('i'), 1_000);
    clock.setTimeout(fire('once'), 2_500);
    thread.freeze();
    real.advance(3_000);
    assert.deepEqual(fired, []);
    thread.thaw();
    assert.deepEqual(fired.toSorted(), ['i', 'i', 'i', 'once']);
    real.advance(1_000);
    assert.equal(fired.length, 5);
  });

  it('an interval catches up on so many times and no more', () => {
    const { real, fired, thread, clock, fire } = start();
    clock.setInterval(fire('i'), 10);
    thread.freeze();
    real.advance(60_000);
    thread.thaw();
    assert.equal(fired.length, MOST_MISSED);
  });

  it('a timer cleared by an earlier one of the same moment does not fire', () => {
    const { real, fired, clock, fire } = start();
    clock.setTimeout(() => clock.clear(second), 10);
    const second = clock.setTimeout(fire('second'), 10);
    real.advance(10);
    assert.deepEqual(fired, []);
  });

  it('put forward, it shows the later time and fires what became due', () => {
    const { real, fired, clock, fire } = start();
    const PhoneDate = clock.date();
    const before = PhoneDate.now();
    clock.setTimeout(fire('in half an hour'), 30 * 60_000);
    clock.skip(31 * 60_000);
    real.advance(0);
    assert.deepEqual(fired, ['in half an hour']);
    assert.equal(PhoneDate.now() - before, 31 * 60_000);
    assert.equal(new PhoneDate().getTime(), PhoneDate.now());
    assert.equal(new PhoneDate(0).toISOString(), '1970-01-01T00:00:00.000Z');
    assert.ok(new PhoneDate() instanceof Date);
  });
});

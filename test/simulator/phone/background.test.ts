import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { Background, DESTROY_AFTER_MS, DROP_AFTER_MS, FREEZE_AFTER_MS } from './background.ts';

function start() {
  const clock = new ManualClock();
  const befell: string[] = [];
  const note = (what: string) => () => void befell.push(what);
  const background = new Background({
    after: (ms, run) => clock.after(ms, run),
    hide: note('hide'),
    freeze: note('freeze'),
    dropSockets: note('drop'),
    destroy: note('destroy'),
    show: note('show'),
    restart: note('restart'),
  });
  return { clock, befell, background };
}

describe('an app in the background', () => {
  it('is hidden, then frozen, then loses its sockets, then its life', () => {
    const { clock, befell, background } = start();
    background.leave();
    assert.deepEqual(befell, ['hide']);
    clock.advance(FREEZE_AFTER_MS);
    assert.deepEqual(befell, ['hide', 'freeze']);
    clock.advance(DROP_AFTER_MS - FREEZE_AFTER_MS);
    assert.deepEqual(befell, ['hide', 'freeze', 'drop']);
    clock.advance(DESTROY_AFTER_MS - DROP_AFTER_MS);
    assert.deepEqual(befell, ['hide', 'freeze', 'drop', 'destroy']);
    assert.equal(background.presence.name, 'destroyed');
    assert.equal(clock.pending, 0);
  });

  it('that comes back in time is shown, and nothing befalls it any more', () => {
    const { clock, befell, background } = start();
    background.leave();
    clock.advance(FREEZE_AFTER_MS - 1);
    background.comeBack();
    clock.advance(DESTROY_AFTER_MS);
    assert.deepEqual(befell, ['hide', 'show']);
  });

  it('for which half an hour is skipped is destroyed at once and starts anew', () => {
    const { befell, background } = start();
    background.leave();
    background.pass(31 * 60_000);
    background.comeBack();
    assert.deepEqual(befell, ['hide', 'freeze', 'drop', 'destroy', 'restart']);
  });

  it('skipped time and real time add up', () => {
    const { clock, befell, background } = start();
    background.leave();
    background.pass(FREEZE_AFTER_MS);
    clock.advance(DROP_AFTER_MS - FREEZE_AFTER_MS - 1);
    assert.deepEqual(befell, ['hide', 'freeze']);
    clock.advance(1);
    assert.deepEqual(befell, ['hide', 'freeze', 'drop']);
  });

  it('an app on the screen does not age', () => {
    const { befell, background } = start();
    background.pass(31 * 60_000);
    background.comeBack();
    assert.deepEqual(befell, []);
  });
});

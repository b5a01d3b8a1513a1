import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { BLOWN_MS, FAILURES, Fuse } from '../../server/wechat/fuse.ts';
import { dayEnd, minuteEnd } from '../../server/wechat/day.ts';
import { openShelf } from './shelf.ts';

const MINUTE = 60_000;
const { clock, store } = await openShelf();
beforeEach(() => clock.advance(48 * 60 * MINUTE));

let made = 0;
function fuses(most: { minute: number; day: number }, count = 1): Fuse[] {
  const name = `fuse-${(made += 1)}`;
  return Array.from({ length: count }, () => new Fuse({ name, most, store, clock }));
}

async function allowed(all: Fuse[], calls: number): Promise<number> {
  const asked = await Promise.all(Array.from({ length: calls }, (_, i) => all[i % all.length]!.allows()));
  return asked.filter(Boolean).length;
}

test('WeChat counts days in Beijing and minutes everywhere', () => {
  assert.equal(dayEnd(Date.UTC(2026, 10, 25, 15, 59, 59)), Date.UTC(2026, 10, 25, 16));
  assert.equal(dayEnd(Date.UTC(2026, 10, 25, 16)), Date.UTC(2026, 10, 26, 16));
  assert.equal(minuteEnd(60_000), 120_000);
});

describe('a fuse', () => {
  test('three nodes together stay below the minute, and go on in the next', async () => {
    const three = fuses({ minute: 300, day: 10_000 }, 3);
    assert.equal(await allowed(three, 900), 300);
    assert.equal(await allowed(three, 30), 0);
    clock.advance(MINUTE);
    assert.ok((await allowed(three, 30)) > 0);
  });

  test('nodes that are busy by turns leave at most a block each unused', async () => {
    const [one, other] = fuses({ minute: 300, day: 10_000 }, 2);
    const first = await allowed([one!], 1);
    assert.equal(first + (await allowed([other!], 900)), 251);
  });

  test('the day bounds the minutes', async () => {
    const all = fuses({ minute: 100, day: 150 });
    assert.equal(await allowed(all, 200), 100);
    clock.advance(MINUTE);
    assert.equal(await allowed(all, 200), 50);
    clock.advance(MINUTE);
    assert.equal(await allowed(all, 200), 0);
    clock.advance(24 * 60 * MINUTE);
    assert.equal(await allowed(all, 200), 100);
  });

  test('blows after so many failures in a row, tries one call after a while, and is whole when that was answered', async () => {
    const [fuse] = fuses({ minute: 1_000, day: 10_000 }) as [Fuse];
    for (let n = 0; n < FAILURES - 1; n += 1) fuse.failed();
    fuse.answered();
    for (let n = 0; n < FAILURES; n += 1) {
      assert.equal(await fuse.allows(), true);
      fuse.failed();
    }
    assert.equal(await fuse.allows(), false);
    clock.advance(BLOWN_MS);
    assert.deepEqual(await Promise.all([fuse.allows(), fuse.allows()]), [true, false]);
    fuse.failed();
    assert.equal(await fuse.allows(), false);
    clock.advance(BLOWN_MS);
    assert.equal(await fuse.allows(), true);
    fuse.answered();
    assert.equal(await allowed([fuse], 10), 10);
  });

  test('WeChat says that the quota is used up: nobody is asked for the rest of the minute', async () => {
    const [fuse] = fuses({ minute: 1_000, day: 10_000 }) as [Fuse];
    assert.equal(await fuse.allows(), true);
    fuse.overQuota();
    assert.equal(await fuse.allows(), false);
    clock.advance(MINUTE);
    assert.equal(await fuse.allows(), true);
  });
});

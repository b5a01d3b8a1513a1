import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Notices, type Consent } from '../../miniprogram/sync/notices.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HOUR = 3_600_000;

function setUp() {
  const clock = new ManualClock();
  const phone = new FakeStorage();
  const storage = {
    read: (key: string) => phone.get(key) || null,
    write: (key: string, value: object) => (phone.set(key, value), true),
    remove: (key: string) => phone.remove(key),
    keys: () => phone.keys,
  };
  const asked: string[][] = [];
  const told: string[][] = [];
  const says: { answer: Consent | null } = { answer: 'accept' };
  const open = (): Notices =>
    new Notices({
      ask: (templates) => {
        asked.push(templates);
        const { answer } = says;
        if (answer === null) return Promise.reject(new Error('can only be invoked by user TAP gesture'));
        return Promise.resolve({ [templates[0] ?? '']: answer });
      },
      tell: (templates) => Promise.resolve(void told.push(templates)),
      storage,
      clock,
    });
  const notices = open();
  notices.offered({ direct: 'D', mention: 'M' });
  return { clock, notices, open, asked, told, says };
}

test('who says yes is told to the server, and is asked again the next day', async () => {
  const { clock, notices, asked, told } = setUp();
  await notices.ask('direct');
  await notices.ask('direct');
  assert.deepEqual([asked, told], [[['D']], [['D']]]);
  clock.adjust(20 * HOUR);
  await notices.ask('direct');
  assert.equal(told.length, 2);
});

test('who says no is left alone for a week, also over a restart; the other kind is asked for by itself', async () => {
  const { clock, notices, open, asked, told, says } = setUp();
  says.answer = 'reject';
  await notices.ask('direct');
  clock.adjust(6 * 24 * HOUR);
  const restarted = open();
  restarted.offered({ direct: 'D', mention: 'M' });
  await restarted.ask('direct');
  assert.equal(asked.length, 1);
  says.answer = 'accept';
  await restarted.ask('mention');
  clock.adjust(24 * HOUR);
  await restarted.ask('direct');
  assert.deepEqual(
    [asked, told],
    [
      [['D'], ['M'], ['D']],
      [['M'], ['D']],
    ],
  );
});

test('a server that offers nothing has nobody asked', async () => {
  const { notices, asked } = setUp();
  notices.offered();
  await notices.ask('direct');
  assert.equal(asked.length, 0);
});

test('a platform that would not ask, outside a tap, counts for nothing: the next tap asks', async () => {
  const { notices, asked, told, says } = setUp();
  says.answer = null;
  await notices.ask('direct');
  says.answer = 'accept';
  await notices.ask('direct');
  assert.deepEqual([asked.length, told], [2, [['D']]]);
});

test('two taps at once ask once', async () => {
  const { notices, asked } = setUp();
  await Promise.all([notices.ask('direct'), notices.ask('mention')]);
  assert.deepEqual(asked, [['D']]);
});

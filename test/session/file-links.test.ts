/** A link reads one file until its time is over, and cannot be made by anybody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileLinks, LINK_PERIOD_MS } from '../../server/session/file-links.ts';
import { ManualClock } from '../support/manual-clock.ts';

const KEY = { kid: 'k1', secret: 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B' };
const OTHER = { kid: 'k2', secret: 'Zq7wB1nMxT4vC9rLk2Gy8pHs5DfJ3aEu' };

function setUp(keys = [KEY]) {
  const clock = new ManualClock();
  return { clock, links: createFileLinks({ keys, clock }) };
}

const split = (url: string): { id: string; query: URLSearchParams } => {
  const { pathname, searchParams } = new URL(url, 'http://server');
  return { id: pathname.replace('/v1/files/', ''), query: searchParams };
};

test('what was signed is good until it says, and then expired', () => {
  const { clock, links } = setUp();
  const { url, expiresAt } = links.sign('file_1');
  const { id, query } = split(url);
  assert.equal(id, 'file_1');
  assert.equal(links.verify(id, query), expiresAt);
  const life = expiresAt - clock.now();
  assert.ok(life > LINK_PERIOD_MS && life <= 2 * LINK_PERIOD_MS);
  clock.advance(life - 1);
  assert.equal(links.verify(id, query), expiresAt);
  clock.advance(1);
  assert.throws(() => links.verify(id, query), { code: 'UNAUTHORIZED' });
});

test('within a period the link of a file stays the same, so that a cache knows it', () => {
  const { clock, links } = setUp();
  clock.advance(LINK_PERIOD_MS - (clock.now() % LINK_PERIOD_MS));
  const { url } = links.sign('file_1');
  clock.advance(LINK_PERIOD_MS - 1);
  assert.equal(links.sign('file_1').url, url);
  clock.advance(1);
  assert.notEqual(links.sign('file_1').url, url);
});

test('another file, another time, another key or another signature is FORBIDDEN', () => {
  const { links } = setUp([KEY, OTHER]);
  const { id, query } = split(links.sign('file_1').url);
  const changed = (fields: Record<string, string>): URLSearchParams =>
    new URLSearchParams({ ...Object.fromEntries(query), ...fields });
  const forged: [string, URLSearchParams][] = [
    ['file_2', query],
    [id, changed({ e: String(Number(query.get('e')) + 1) })],
    [id, changed({ e: '' })],
    [id, changed({ e: '9e99' })],
    [id, changed({ k: 'k2' })],
    [id, changed({ k: 'unknown' })],
    [id, changed({ k: '__proto__' })],
    [id, changed({ s: '' })],
    [id, changed({ s: `${query.get('s')}A` })],
    [id, changed({ s: 'A'.repeat(43) })],
    [id, new URLSearchParams()],
  ];
  for (const [file, words] of forged) {
    assert.throws(() => links.verify(file, words), { code: 'FORBIDDEN' }, `${file} ${words.toString()}`);
  }
});

test('nodes of the same keys read each other’s links, and a key that is rotated out takes its own along', () => {
  const old = setUp([KEY]).links.sign('file_1').url;
  const { id, query } = split(old);
  assert.ok(setUp([OTHER, KEY]).links.verify(id, query));
  assert.throws(() => setUp([OTHER]).links.verify(id, query), { code: 'FORBIDDEN' });
  // The same name for another secret is another key.
  assert.throws(() => setUp([{ ...OTHER, kid: 'k1' }]).links.verify(id, query), { code: 'FORBIDDEN' });
});

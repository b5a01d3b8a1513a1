/** S3: with a bad key the server does not start, and says why in a line that does not show the key. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ConfigFault, readConfig } from '../../server/config.ts';
import { ServerProcess } from '../support/server-process.ts';

const good = randomBytes(32).toString('base64url');
const short = randomBytes(23).toString('base64url'); // 31 characters

const keys: Record<string, string> = {
  'a secret of 31 bytes': `k1:${short}`,
  'an empty secret': 'k1:',
  'no kid': good,
  'a secret from the example': 'k1:replace-me-with-at-least-32-random-bytes',
  'a good and a short secret': `k1:${good},k2:${short}`,
  'one kid twice': `k1:${good},k1:${good}x`,
};

function assertSaysWhy(words: string): void {
  assert.match(words, /JWT_KEYS/);
  for (const secret of [good, short]) assert.equal(words.includes(secret), false, 'a secret is shown');
}

for (const [what, value] of Object.entries(keys)) {
  test(`S3 ${what}: the configuration is refused`, () => {
    assert.throws(
      () => readConfig({ JWT_KEYS: value }),
      (fault) => {
        assert.ok(fault instanceof ConfigFault);
        assertSaysWhy(fault.message);
        return true;
      },
    );
  });
}

test('S3 in production, no keys at all, or one of one letter: the configuration is refused', () => {
  assert.throws(() => readConfig({ NODE_ENV: 'production' }), ConfigFault);
  const JWT_KEYS = `k1:${'a'.repeat(32)}`;
  assert.throws(() => readConfig({ NODE_ENV: 'production', JWT_KEYS }), ConfigFault);
});

test('S3 a server whose configuration is refused ends at once, with its last words', async () => {
  const value = keys['a good and a short secret']!;
  await assert.rejects(ServerProcess.start({ env: { JWT_KEYS: value } }), (error: Error) => {
    assert.match(error.message, /ended with code [1-9]/);
    assertSaysWhy(error.message);
    return true;
  });
});

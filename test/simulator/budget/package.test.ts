import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LIMITS } from './limits.ts';
import { measureCore, measurePackage, secretsIn } from './package.ts';

const miniprogram = fileURLToPath(new URL('../../../miniprogram', import.meta.url));

describe('the package', () => {
  it('stays below its limit and holds nothing secret', async () => {
    const { bytes, secrets, parts } = await measurePackage(miniprogram);
    assert.deepEqual(secrets, []);
    assert.ok(bytes <= LIMITS.packageBytes, `${bytes} bytes: ${JSON.stringify(parts)}`);
    // A measure that forgets a part of it would pass, too.
    assert.deepEqual(parts.map(({ kind }) => kind).sort(), [
      'pictures and other files',
      'scripts',
      'settings',
      'styles',
      'templates',
    ]);
  });

  it('has a core that stays below its own limit', async () => {
    const bytes = await measureCore(miniprogram);
    assert.ok(bytes > 0 && bytes <= LIMITS.coreBytes, `${bytes} bytes`);
  });

  it('in which a secret stands is told by its kind', () => {
    const appsecret = '0123456789abcdef'.repeat(2);
    assert.equal(secretsIn(`const a="${appsecret}"`).length, 1);
    assert.equal(secretsIn('appSecret: "not-hexadecimal"').length, 1);
    assert.equal(secretsIn('-----BEGIN RSA PRIVATE KEY-----').length, 1);
    assert.deepEqual(secretsIn(`const hash="${appsecret}${appsecret}"; password=""`), []);
  });
});

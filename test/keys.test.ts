import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { readConfig } from '../server/config.ts';
import { keptKeys } from '../server/keys.ts';

const isPosix = process.platform !== 'win32';
const SECRET = 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chahua-keys-'));
  path = join(folder, 'keys.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('the first start makes one strong key, the next one finds it', () => {
  const keys = keptKeys(folder);
  assert.equal(keys.length, 1);
  assert.match(keys[0]!.kid, /^[0-9a-f]{8}$/);
  assert.equal(Buffer.from(keys[0]!.secret, 'base64url').length, 32);
  assert.deepEqual(keptKeys(folder), keys);
});

test('two servers do not make the same key', () => {
  const other = join(folder, 'other');
  assert.notEqual(keptKeys(folder)[0]!.secret, keptKeys(other)[0]!.secret);
});

test('the folder is made where it is missing, and nothing but the key file is left in it', () => {
  const deep = join(folder, 'a', 'b');
  keptKeys(deep);
  assert.deepEqual(readdirSync(deep), ['keys.json']);
});

test(
  'only the owner may read the file, also after a backup brought it back readable to all',
  { skip: !isPosix },
  () => {
    keptKeys(folder);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    chmodSync(path, 0o644);
    keptKeys(folder);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  },
);

test('several keys are kept in their order: the first signs', () => {
  const keys = [
    { kid: 'new', secret: SECRET },
    { kid: 'old', secret: `${SECRET}0` },
  ];
  writeFileSync(path, JSON.stringify({ keys }));
  assert.deepEqual(keptKeys(folder), keys);
});

test('a file that is cut off, empty, of another form or weak is refused and left as it is', () => {
  const texts = [
    '',
    '{"keys": [{"kid": "k1", "sec',
    'null',
    '[]',
    '{"keys": {}}',
    '{"keys": []}',
    '{"keys": [null]}',
    '{"keys": [{"kid": "k1"}]}',
    '{"keys": [{"kid": "k1", "secret": "short"}]}',
    JSON.stringify({ keys: [{ kid: '../k', secret: SECRET }] }),
  ];
  for (const text of texts) {
    writeFileSync(path, text);
    assert.throws(() => keptKeys(folder), {
      message: /keys\.json: .*allowed: .*Restore it, or move it away: then all have to log in again\.$/s,
    });
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('JWT_KEYS_FILE stands for JWT_KEYS, in production too, and not beside it', () => {
  const { jwtKeysFile } = readConfig({ NODE_ENV: 'production', JWT_KEYS_FILE: '/etc/chahua/keys.json' });
  assert.equal(jwtKeysFile, '/etc/chahua/keys.json');
  assert.throws(
    () => readConfig({ JWT_KEYS_FILE: 'keys.json', JWT_KEYS: `k:${SECRET}` }),
    /JWT_KEYS_FILE: is set beside JWT_KEYS/,
  );
});

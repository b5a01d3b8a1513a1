import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { matrix } from './matrix.ts';

test('every fault from M1 to M28 is there, once, in order', () => {
  assert.deepEqual(
    matrix.map(({ id }) => id),
    Array.from({ length: 28 }, (_, index) => `M${index + 1}`),
  );
});

test('every fault names tests that exist, or says why there are none', () => {
  const missing = matrix.flatMap(({ id, files }) =>
    files
      .filter((file) => !existsSync(join(import.meta.dirname, '..', `${file}.test.ts`)))
      .map((file) => `${id} ${file}`),
  );
  assert.deepEqual(missing, []);
  assert.ok(matrix.every(({ files, lacks }) => files.length > 0 || lacks !== undefined));
});

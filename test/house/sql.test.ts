/** S27: no SQL is made of what people send. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A statement in a template, with what is put into it. */
const STATEMENT = /`[^`]*\b(?:SELECT|INSERT|UPDATE|DELETE|PRAGMA)\b[^`]*`/g;
const PUT_IN = /\$\{([^}]*)\}/g;

test('S27 what is put into a statement of SQL is a constant of its file, named in capitals', () => {
  const files = globSync('server/store/**/*.ts', { cwd: root });
  assert.ok(files.length > 10);
  let statements = 0;
  for (const file of files) {
    for (const [statement] of readFileSync(root + file, 'utf8').matchAll(STATEMENT)) {
      statements++;
      for (const [, name = ''] of statement.matchAll(PUT_IN)) {
        assert.match(name, /^[A-Z][A-Z0-9_]*$/, `${file}: ${statement}`);
      }
    }
  }
  assert.ok(statements > 20, `${statements} statements were found`);
});

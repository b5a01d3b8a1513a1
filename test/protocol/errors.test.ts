/** The two closed lists of protocol §3 and §4, and what a client does by them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CloseCode, ErrorCode, isRetryable, mayComeBack } from '../../miniprogram/protocol/errors.ts';

const document = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

test('the error codes are those of the document, in its order', () => {
  const [, listed = ''] = /### Errors\n\n((?:`[A-Z_]+` ?)+)\./.exec(document) ?? [];
  assert.deepEqual(Object.keys(ErrorCode), listed.match(/[A-Z_]+/g));
  for (const [name, code] of Object.entries(ErrorCode)) assert.equal(code, name);
});

test('the close codes are those of the document', () => {
  const [, table = ''] = /### Close codes[^]*?\n(\|[^]*?)\n\n/.exec(document) ?? [];
  const listed = table.match(/\| (\d{4}) \|/g)?.map((cell) => Number(cell.slice(2, 6)));
  assert.deepEqual(Object.values(CloseCode).toSorted(), listed?.toSorted());
});

test('what may succeed when sent again, and nothing else, is worth sending again', () => {
  assert.deepEqual(Object.keys(ErrorCode).filter(isRetryable).toSorted(), [
    'INTERNAL',
    'RATE_LIMITED',
    'TIMEOUT',
    'UNAVAILABLE',
  ]);
  assert.equal(isRetryable('A_CODE_OF_TOMORROW'), false);
});

test('4500 to 4999 mean to stay away; everything else, known or not, to come back', () => {
  const away = Object.entries(CloseCode).filter(([, code]) => !mayComeBack(code));
  assert.deepEqual(
    away.map(([name]) => name),
    ['BANNED', 'TOO_MANY_SOCKETS', 'VERSION_GONE'],
  );
  assert.deepEqual([1000, 1001, 1006, 1009, 1012, 4000, 4499, 4500, 4999, 5000].map(mayComeBack), [
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});

/** What a schema cannot say of a message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendBody } from '../../miniprogram/protocol/frames.ts';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { checkContent, checkEdit, checkEmoji } from '../../server/edge/content.ts';
import { Refusal } from '../../server/outcome.ts';

const verdict = (content: Pick<SendBody, 'kind' | 'body'>, text = 2_000): string => {
  try {
    checkContent({ room: 'r', cid: 'c', ...content } as SendBody, { ...DEFAULT_LIMITS, text });
    return 'fine';
  } catch (reason) {
    assert.ok(reason instanceof Refusal);
    return `${reason.code} ${reason.message}`;
  }
};
const code = (check: () => void): string => {
  try {
    check();
    return 'fine';
  } catch (reason) {
    assert.ok(reason instanceof Refusal);
    return reason.code;
  }
};
const text = (words: string, most?: number): string => verdict({ kind: 'text', body: { text: words } }, most);
const custom = (data: unknown): string => verdict({ kind: 'custom', body: { type: 't', data } });

test('a text has 1 to 2,000 characters, counted as code points', () => {
  assert.equal(text('x'), 'fine');
  assert.equal(text('茶'.repeat(2_000)), 'fine');
  assert.equal(text('😀'.repeat(2_000)), 'fine', '4,000 UTF-16 units');
  assert.equal(text('😀'.repeat(2_001)), 'TOO_LARGE body.text: must have at most 2000 characters');
  assert.equal(text('x'.repeat(2_001)), 'TOO_LARGE body.text: must have at most 2000 characters');
  assert.equal(text(''), 'BAD_REQUEST body.text: must not be empty');
});

test('the limit is the configured one', () => {
  assert.equal(text('xxx', 3), 'fine');
  assert.equal(text('xxxx', 3), 'TOO_LARGE body.text: must have at most 3 characters');
});

test('text that means harm to whoever shows it is text', () => {
  for (const words of [
    '<script>alert(1)</script>',
    '\u202eevil',
    '\u200b\u200d',
    '\n\t ',
    '\u0001',
    'e\u0301',
  ]) {
    assert.equal(text(words), 'fine', JSON.stringify(words));
  }
});

test('what could not come back as it was sent is refused', () => {
  const why = 'BAD_REQUEST body.text: must hold neither a NUL character nor half a surrogate pair';
  for (const words of ['\ud83d', 'a\ude00', 'a\u0000']) assert.equal(text(words), why);
});

test('custom data has at most 8 KiB of JSON, counted in bytes', () => {
  assert.equal(custom('x'.repeat(8_190)), 'fine', 'with its quotes 8,192');
  assert.equal(custom('x'.repeat(8_191)), 'TOO_LARGE body.data: must be at most 8192 bytes of JSON');
  assert.equal(custom('茶'.repeat(2_730)), 'fine');
  assert.equal(custom('茶'.repeat(2_731)), 'TOO_LARGE body.data: must be at most 8192 bytes of JSON');
});

const nested = (levels: number): unknown => {
  let data: unknown = 'x';
  for (let i = 0; i < levels; i++) data = i % 2 === 0 ? [data] : { data };
  return data;
};

test('custom data is nested 32 deep at most', () => {
  assert.equal(custom(nested(32)), 'fine');
  assert.equal(custom(nested(33)), 'BAD_REQUEST body.data: must be nested at most 32 deep');
  assert.equal(custom(nested(100_000)), 'BAD_REQUEST body.data: must be nested at most 32 deep');
});

test('custom data is any JSON', () => {
  for (const data of [null, true, 0, -1.5e300, '', [], {}, { a: [{ b: null }] }])
    assert.equal(custom(data), 'fine');
});

test('custom data holds nothing that JSON would lose', () => {
  assert.match(custom({ a: [Infinity] }), /^BAD_REQUEST body\.data: must hold no number beyond/);
  assert.match(custom({ a: 'x\ud800' }), /^BAD_REQUEST body\.data: must hold neither/);
  assert.match(custom({ ['x\u0000']: 1 }), /^BAD_REQUEST body\.data: must hold neither/);
});

test('a backslash before a u is a backslash', () => {
  for (const data of ['\\u0000', '\\ud800', 'C:\\udata']) assert.equal(custom(data), 'fine', data);
});

test('an edited text is held to what a new one is', () => {
  const verdictOn = (words: string) =>
    code(() => checkEdit({ room: 'r', cid: 'c', target: 1, text: words }, DEFAULT_LIMITS));
  assert.equal(verdictOn('茶'), 'fine');
  assert.equal(verdictOn(''), 'BAD_REQUEST');
  assert.equal(verdictOn('a\ud83d'), 'BAD_REQUEST');
  assert.equal(verdictOn('x'.repeat(2_001)), 'TOO_LARGE');
});

test('a reaction is one emoji, in one form only', () => {
  for (const emoji of ['🍵', '👍🏽', '❤️', '👩‍👩‍👧‍👦', '🇨🇳', '1️⃣', '🏳️‍🌈']) {
    assert.equal(
      code(() => checkEmoji(emoji)),
      'fine',
      emoji,
    );
  }
  for (const other of [
    '',
    'a',
    '茶',
    '👍👍',
    '❤',
    '1',
    '👍 ',
    '👍\u200d',
    '\u200d',
    '\ufe0f',
    ':tea:',
    '🇨',
  ]) {
    assert.equal(
      code(() => checkEmoji(other)),
      'BAD_REQUEST',
      JSON.stringify(other),
    );
  }
});

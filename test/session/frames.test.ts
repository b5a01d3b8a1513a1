import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { entriesFrames, errorFrame, pushFrame, replyFrame } from '../../server/session/frames.ts';
import { NOW, textEntry } from '../domain/factories.ts';

const MOST_BYTES = 32_768;

const written = (seq: number, text: string): Entry => ({
  seq,
  ts: NOW,
  from: 'u',
  kind: 'text',
  body: { text },
});

function read(frames: string[]): Entry[] {
  return frames.flatMap((frame) => {
    const { op, body } = JSON.parse(frame) as { op: string; body: { room: string; entries: Entry[] } };
    assert.equal(op, 'entries');
    assert.equal(body.room, 'r');
    return body.entries;
  });
}

test('replies, errors and pushes have the forms of the protocol', () => {
  assert.equal(replyFrame(7, { seq: 1 }), '{"id":7,"ok":true,"body":{"seq":1}}');
  assert.equal(
    errorFrame(7, { code: 'MUTED', message: 'not "now"', retryAfterMs: 5 }),
    '{"id":7,"ok":false,"error":{"code":"MUTED","message":"not \\"now\\"","retryAfterMs":5}}',
  );
  assert.equal(
    pushFrame('typing', { room: 'r', user: 'u' }),
    '{"op":"typing","body":{"room":"r","user":"u"}}',
  );
});

test('entries stored together leave in one frame, without any in none', () => {
  const entries = [1, 2, 3].map((seq) => textEntry(seq));
  const frames = entriesFrames('r', entries);
  assert.equal(frames.length, 1);
  assert.deepEqual(read(frames), entries);
  assert.deepEqual(entriesFrames('r', []), []);
});

for (const [what, text] of [
  ['ASCII', 'x'.repeat(2_000)],
  ['Chinese', '茶'.repeat(2_000)],
  ['what JSON escapes', '\u0001'.repeat(2_000)],
] as const) {
  test(`a page of long texts in ${what} is cut by bytes, in order and without a loss`, () => {
    const entries = Array.from({ length: 100 }, (_, i) => written(i + 1, text));
    const frames = entriesFrames('r', entries);
    assert.deepEqual(read(frames), entries);
    for (const frame of frames) assert.ok(Buffer.byteLength(frame) <= MOST_BYTES);
    for (const frame of frames.slice(0, -1)) {
      assert.ok(Buffer.byteLength(frame) > MOST_BYTES / 2, 'no more frames than needed');
    }
  });
}

test('a frame is filled to the byte', () => {
  const size = (text: string): number =>
    Buffer.byteLength(entriesFrames('r', [written(1, 'x'), written(2, text)]).join(''));
  const fits = 'y'.repeat(MOST_BYTES - size(''));
  assert.equal(size(fits), MOST_BYTES);
  assert.equal(entriesFrames('r', [written(1, 'x'), written(2, fits)]).length, 1);
  assert.equal(entriesFrames('r', [written(1, 'x'), written(2, `${fits}y`)]).length, 2);
});

test('an entry larger than a frame goes alone', () => {
  const entries = [written(1, 'a'), written(2, 'b'.repeat(MOST_BYTES)), written(3, 'c')];
  const frames = entriesFrames('r', entries);
  assert.equal(frames.length, 3);
  assert.deepEqual(read(frames), entries);
});

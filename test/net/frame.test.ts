import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFrame } from '../../miniprogram/net/frame.ts';

test('pushes, good replies and errors are frames, whatever else they hold', () => {
  const frames = [
    { op: 'read', body: { room: 'r' }, later: 'field' },
    { id: 3, ok: true, body: {} },
    { id: 3, ok: false, error: { code: 'MUTED', message: '…' } },
  ];
  for (const frame of frames) assert.deepEqual(parseFrame(JSON.stringify(frame)), frame);
});

test('what is not a frame is dropped', () => {
  const others = [
    '',
    '{',
    'null',
    '7',
    '"op"',
    '[]',
    '{}',
    '{"op":1,"body":{}}',
    '{"op":"read"}',
    '{"op":"read","body":[]}',
  ];
  const replies = [
    '{"id":"1","ok":true,"body":{}}',
    '{"id":1,"ok":true}',
    '{"id":1,"ok":false}',
    '{"id":1,"ok":false,"body":{}}',
  ];
  for (const text of [...others, ...replies]) assert.equal(parseFrame(text), null, text);
});

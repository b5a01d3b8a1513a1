/** What a file is said to be, by its first bytes alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sniff } from '../../server/edge/sniff.ts';
import { gif, jpeg, mp3, mp4, pdf, png, webp } from '../support/pictures.ts';

test('an image is known by its content, with its size in pixels', async () => {
  assert.deepEqual(await sniff(png(3, 4)), { mime: 'image/png', w: 3, h: 4 });
  assert.deepEqual(await sniff(gif(300, 5)), { mime: 'image/gif', w: 300, h: 5 });
  assert.deepEqual(await sniff(jpeg(640, 480)), { mime: 'image/jpeg', w: 640, h: 480 });
  assert.deepEqual(await sniff(webp(17, 9)), { mime: 'image/webp', w: 17, h: 9 });
});

test('a photograph that lies on its side has the size that is seen', async () => {
  assert.deepEqual(await sniff(jpeg(640, 480, 6)), { mime: 'image/jpeg', w: 480, h: 640 });
  assert.deepEqual(await sniff(jpeg(640, 480, 3)), { mime: 'image/jpeg', w: 640, h: 480 });
});

test('sounds, films and documents are known', async () => {
  assert.deepEqual(await sniff(mp3()), { mime: 'audio/mpeg' });
  assert.deepEqual(await sniff(mp4('isom')), { mime: 'video/mp4' });
  assert.deepEqual(await sniff(mp4('M4A ')), { mime: 'audio/mp4' });
  assert.deepEqual(await sniff(pdf()), { mime: 'application/pdf' });
});

test('what a browser might run, and what nobody knows, is plain bytes', async () => {
  const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
  for (const text of [
    '<!doctype html><script>alert(1)</script>',
    svg,
    svg.slice(21),
    '#!/bin/sh',
    '',
    'MZ',
    '\0',
  ]) {
    assert.deepEqual(await sniff(Buffer.from(text)), { mime: 'application/octet-stream' }, text);
  }
});

test('an image that is broken off or says that it has no size is plain bytes', async () => {
  for (const bytes of [png(3, 4).subarray(0, 12), jpeg(640, 480).subarray(0, 6), png(0, 4), gif(0, 0)]) {
    assert.deepEqual(await sniff(bytes), { mime: 'application/octet-stream' });
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadFrame, encodeClose, encodeFrame, encodeText, FrameDecoder, Opcode } from './websocket-frames.ts';

/** What a server would send: the same frame without a mask. */
const fromServer = (opcode: number, payload: string) => encodeFrame({ opcode, payload, mask: null });

test('a text frame has the bytes of RFC 6455 §5.7', () => {
  assert.deepEqual(encodeText('Hello').toString('hex'), '818537fa213d7f9f4d5158');
  assert.deepEqual(fromServer(Opcode.TEXT, 'Hello').toString('hex'), '810548656c6c6f');
});

test('frames cut at every byte come out whole and in order', () => {
  const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(65_535), 'e'.repeat(65_536)];
  const stream = Buffer.concat(texts.map((text) => fromServer(Opcode.TEXT, text)));
  const whole = new FrameDecoder().push(stream).map((frame) => frame.payload.toString());
  assert.deepEqual(whole, texts);

  const small = stream.subarray(0, 300);
  const decoder = new FrameDecoder();
  const frames = [...small].flatMap((byte) => decoder.push(Buffer.from([byte])));
  assert.deepEqual(
    frames.map((frame) => frame.payload.toString()),
    texts.slice(0, 4),
  );
});

test('a close frame carries its code and reason', () => {
  assert.deepEqual(encodeClose(1000, 'bye').subarray(0, 2), Buffer.from([0x88, 0x85]));
  assert.equal(encodeClose().length, 6);
});

test('an invalid length is written as asked for', () => {
  const endless = encodeFrame({ opcode: Opcode.TEXT, claimedLength: 2n ** 63n, mask: null });
  assert.equal(endless.toString('hex'), '817f8000000000000000');
  const overlong = encodeFrame({ opcode: Opcode.TEXT, payload: 'x', lengthBytes: 3, mask: null });
  assert.equal(overlong.toString('hex'), '817e000178');
});

for (const [what, bytes] of [
  ['masked', encodeText('x')],
  ['with a reserved bit', encodeFrame({ opcode: Opcode.TEXT, rsv: 4, mask: null })],
  ['of fragmented control', encodeFrame({ opcode: Opcode.PING, fin: false, mask: null })],
  ['of 126 bytes of control', fromServer(Opcode.PING, 'x'.repeat(126))],
  ['larger than the limit', fromServer(Opcode.TEXT, 'x'.repeat(1_001))],
] as const) {
  test(`a server frame ${what} is refused`, () => {
    assert.throws(() => new FrameDecoder(1_000).push(bytes), BadFrame);
  });
}

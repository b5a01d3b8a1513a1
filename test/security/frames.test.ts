/** S13, S14, S15: bytes that are no valid WebSocket frame, or too many of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { login } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { encodeClose, encodeFrame, encodeText, Opcode } from '../support/websocket-frames.ts';
import { Attacker, Bystander } from './attacker.ts';

const { TEXT, BINARY, CLOSE, PING, CONTINUATION } = Opcode;
const FRAME_LIMIT = 65_536;

let server: ServerProcess;
let bystander: Bystander;
let access: string;

before(async () => {
  server = await ServerProcess.start({ env: { LIMITS: 'sends=10000/10000' } });
  bystander = await Bystander.arrive(server);
  ({ access } = await login(server.url, 'mallory'));
});
after(() => server.stop());

const ping = '{"id":2,"op":"session.ping","body":{}}';
const text = (payload: Buffer | string, more: object = {}) => encodeFrame({ opcode: TEXT, payload, ...more });
const closeWith = (payload: Buffer) => encodeFrame({ opcode: CLOSE, payload });
const codes = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535];

const attacks: Record<string, Buffer> = {
  'an unmasked frame': text(ping, { mask: null }),
  'the first reserved bit': text(ping, { rsv: 4 }),
  'the second reserved bit': text(ping, { rsv: 2 }),
  'the third reserved bit': text(ping, { rsv: 1 }),
  ...Object.fromEntries(
    [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [
      `opcode ${opcode}`,
      encodeFrame({ opcode, payload: 'x' }),
    ]),
  ),
  'a binary frame': encodeFrame({ opcode: BINARY, payload: ping }),
  'a fragmented ping': encodeFrame({ opcode: PING, payload: 'x', fin: false }),
  'a ping of 126 bytes': encodeFrame({ opcode: PING, payload: 'x'.repeat(126) }),
  'a lone continuation': encodeFrame({ opcode: CONTINUATION, payload: ping }),
  'a text within a fragmented text': Buffer.concat([text('{', { fin: false }), text(ping)]),
  'a close of one byte': closeWith(Buffer.from([3])),
  'a close whose reason is not UTF-8': closeWith(Buffer.from([0x03, 0xe8, 0xc3, 0x28])),
  ...Object.fromEntries(codes.map((code) => [`close code ${code}`, encodeClose(code)])),
  'text that is not UTF-8': text(Buffer.from([0x7b, 0xc3, 0x28, 0x7d])),
  'text with an overlong form': text(Buffer.from([0x22, 0xc0, 0xaf, 0x22])),
  'text with half a surrogate pair': text(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])),
  'text that is not UTF-8 over two fragments': Buffer.concat([
    text(Buffer.from([0x22, 0xe8, 0x8c]), { fin: false }),
    encodeFrame({ opcode: CONTINUATION, payload: Buffer.from([0x22]) }),
  ]),
  'a length of 2^63': text('', { claimedLength: 2n ** 63n }),
  'a length of 2^63 - 1': text('', { claimedLength: 2n ** 63n - 1n }),
  'a length above the limit': text('', { claimedLength: BigInt(FRAME_LIMIT + 1) }),
  'text that is no JSON': text('hello'),
  'JSON that is no object': text('[1,2]'),
  'JSON without an op': text('{"id":1}'),
  'an id of 0': text('{"id":0,"op":"session.ping"}'),
  'an id of 2^31': text('{"id":2147483648,"op":"session.ping"}'),
  'an id in words': text('{"id":"1","op":"session.ping"}'),
  'no id': text('{"op":"session.ping"}'),
};

for (const [what, bytes] of Object.entries(attacks)) {
  test(`S13 ${what} closes the socket, and nothing behind it is heard`, async () => {
    const attacker = await Attacker.signedIn(server.url, access);
    attacker.sendBytes(bytes);
    attacker.sendBytes(encodeText('{"id":77,"op":"room.create","body":{"kind":"group","name":"too late"}}'));
    const { code } = await attacker.end();
    assert.ok([1002, 1005, 1006, 1007, 1009, 4400].includes(code), `closed with ${code}`);
    assert.deepEqual(
      attacker.answers.filter(({ id }) => id === 77 || id === 2),
      [],
    );
    await bystander.isServed();
  });
}

for (const [what, bytes] of Object.entries({
  'written in three bytes': encodeFrame({ opcode: TEXT, payload: ping, lengthBytes: 3 }),
  'written in nine bytes': encodeFrame({ opcode: TEXT, payload: ping, lengthBytes: 9 }),
})) {
  test(`S13 a length ${what} that fits in one does no harm`, async () => {
    const attacker = await Attacker.signedIn(server.url, access);
    attacker.sendBytes(bytes);
    await attacker.until(() => attacker.closed !== null || attacker.answers.some(({ id }) => id === 2));
    await attacker.cut();
    await bystander.isServed();
  });
}

test('S13 a close with a valid code is echoed', async () => {
  const attacker = await Attacker.signedIn(server.url, access);
  attacker.sendBytes(encodeClose(1000));
  assert.ok([1000, 1005].includes((await attacker.end()).code));
});

test('S14 a frame of exactly the limit is heard', async () => {
  const attacker = await Attacker.signedIn(server.url, access);
  const empty = '{"id":2,"op":"session.ping","body":{"pad":""}}';
  const frame = empty.replace('""', `"${'x'.repeat(FRAME_LIMIT - empty.length)}"`);
  assert.equal(Buffer.byteLength(frame), FRAME_LIMIT);
  attacker.sendBytes(encodeText(frame));
  await attacker.until(() => attacker.answers.some(({ id, ok }) => id === 2 && ok === true));
  await attacker.cut();
});

test('S14 a frame of one byte more closes the socket', async () => {
  const attacker = await Attacker.signedIn(server.url, access);
  attacker.sendBytes(encodeText('x'.repeat(FRAME_LIMIT + 1)));
  assert.ok([1006, 1009].includes((await attacker.end()).code));
  await bystander.isServed();
});

test('S14 10,000 tiny fragments of one message are heard as one', async () => {
  const attacker = await Attacker.signedIn(server.url, access);
  const message = Buffer.from(ping.padEnd(10_000));
  attacker.sendBytes(fragments(message));
  await attacker.until(() => attacker.answers.some(({ id, ok }) => id === 2 && ok === true));
  await attacker.cut();
});

test('S14 fragments beyond the limit close the socket', async () => {
  const attacker = await Attacker.signedIn(server.url, access);
  attacker.sendBytes(fragments(Buffer.alloc(FRAME_LIMIT + 1, 'x')));
  assert.ok([1006, 1009].includes((await attacker.end()).code));
  await bystander.isServed();
});

test(
  'S14 100 unfinished messages at the limit cost no more than their bytes',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const before = residentBytes();
    const attackers = await Promise.all(Array.from({ length: 100 }, () => Attacker.connect(server.url)));
    for (const attacker of attackers) {
      attacker.sendBytes(text(Buffer.alloc(FRAME_LIMIT - 10, 'x'), { fin: false }));
    }
    for (let round = 0; round < 5; round++) await bystander.isServed();
    const grown = residentBytes() - before;
    t.diagnostic(`${(grown / 1e6).toFixed(1)} MB`);
    assert.ok(grown <= 2 * 100 * FRAME_LIMIT + 8e6, `grown by ${(grown / 1e6).toFixed(1)} MB`);
    await Promise.all(attackers.map((attacker) => attacker.cut()));
  },
);

test('S15 permessage-deflate is offered and not negotiated', async () => {
  const attacker = await Attacker.connect(server.url, {
    headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' },
  });
  assert.equal(attacker.socket.headers.has('sec-websocket-extensions'), false);
  await attacker.cut();
});

/** One byte each. */
function fragments(message: Buffer): Buffer {
  const last = message.length - 1;
  return Buffer.concat(
    Array.from(message, (byte, index) =>
      encodeFrame({
        opcode: index === 0 ? TEXT : CONTINUATION,
        payload: Buffer.from([byte]),
        fin: index === last,
      }),
    ),
  );
}

function residentBytes(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
}

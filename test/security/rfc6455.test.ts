/**
 * S13: what RFC 6455 allows is served, by the cases of the Autobahn suite that apply to a server of text messages (the
 * numbers are the suite's; written from the RFC). What it forbids is in frames.test.ts. A message here is a
 * `session.ping`, heard when its reply comes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { login } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { encodeClose, encodeFrame, encodeText, Opcode } from '../support/websocket-frames.ts';
import { Wire } from './wire.ts';

const { TEXT, PING, PONG, CONTINUATION } = Opcode;
const FRAME_LIMIT = 65_536;

let server: ServerProcess;
let access: string;
before(async () => {
  server = await ServerProcess.start({ env: { LIMITS: 'sends=10000/10000,sockets=100' } });
  ({ access } = await login(server.url, 'autobahn'));
});
after(() => server.stop());

async function withWire(run: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = await Wire.greeted(server.url, access);
  try {
    await run(wire);
  } finally {
    wire.end();
  }
}

const ping = (id: number, extra = ''): string => JSON.stringify({ id, op: 'session.ping', body: {}, extra });
/** The same, blown up with spaces to so many bytes. */
const sized = (id: number, bytes: number): string => ping(id).padEnd(bytes, ' ');
const heard = (wire: Wire, id: number): Promise<void> =>
  wire.until(`the reply to ${id}`, () => wire.replied(id));
const part = (payload: Buffer | string, more: { first?: boolean; last?: boolean }): Buffer =>
  encodeFrame({ opcode: more.first ? TEXT : CONTINUATION, payload, fin: more.last ?? false });
/** One message in frames of so many bytes. */
function fragments(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Math.max(1, Math.ceil(bytes.length / size));
  return Array.from({ length: count }, (_, i) =>
    part(bytes.subarray(i * size, (i + 1) * size), { first: i === 0, last: i === count - 1 }),
  );
}

describe('1 texts', () => {
  test('1.1 of 125, 126, 127, 128, 65,535 and 65,536 bytes are heard', () =>
    withWire(async (wire) => {
      const sizes = [125, 126, 127, 128, 65_535, FRAME_LIMIT];
      for (const [i, size] of sizes.entries()) {
        wire.send(encodeText(sized(10 + i, size)));
        await heard(wire, 10 + i);
      }
    }));

  test('1.1.8 that come in pieces of 997 bytes, or byte by byte, are heard', () =>
    withWire(async (wire) => {
      await wire.dribble(encodeText(sized(2, FRAME_LIMIT)), 997);
      await heard(wire, 2);
      await wire.dribble(encodeText(ping(3)), 1);
      await heard(wire, 3);
    }));
});

describe('2 pings', () => {
  test('2.1–2.4 with nothing, text, bytes or 125 bytes in them get the same back', () =>
    withWire(async (wire) => {
      const payloads = ['', 'Hello, world!', '\x00\xff\xfe\xfd\xfc\xfb\x00\xff', '\xfe'.repeat(125)];
      for (const payload of payloads)
        wire.send(encodeFrame({ opcode: PING, payload: Buffer.from(payload, 'latin1') }));
      await wire.until('the pongs', () => wire.pongs().length === payloads.length);
      assert.deepEqual(wire.pongs(), payloads);
    }));

  test('2.6 that come byte by byte are answered; 2.10 ten of them in their order; 2.11 also when dribbled', () =>
    withWire(async (wire) => {
      const ten = Array.from({ length: 10 }, (_, i) => `ping-${i}`);
      const bytes = Buffer.concat(ten.map((payload) => encodeFrame({ opcode: PING, payload })));
      wire.send(bytes);
      await wire.dribble(bytes, 1);
      await wire.until('the pongs', () => wire.pongs().length === 20);
      assert.deepEqual(wire.pongs(), [...ten, ...ten]);
    }));

  test('2.7–2.9 pongs that nobody asked for, with or without payload, change nothing', () =>
    withWire(async (wire) => {
      for (const payload of ['', 'unasked']) wire.send(encodeFrame({ opcode: PONG, payload }));
      wire.send(encodeFrame({ opcode: PING, payload: 'asked' }));
      await wire.until('the pong', () => wire.pongs().length > 0);
      assert.deepEqual(wire.pongs(), ['asked']);
    }));
});

describe('5 fragments', () => {
  test('5.3–5.5 of one text are heard as one, at once, one by one, or byte by byte', () =>
    withWire(async (wire) => {
      wire.send(Buffer.concat(fragments(ping(2), 20)));
      for (const frame of fragments(ping(3), 20)) await wire.dribble(frame, frame.length);
      await wire.dribble(Buffer.concat(fragments(ping(4), 20)), 1);
      for (const id of [2, 3, 4]) await heard(wire, id);
    }));

  test('5.6–5.8, 5.19, 5.20 a ping between them is answered before the message is', () =>
    withWire(async (wire) => {
      const [first, ...rest] = fragments(ping(2), 15);
      const between = encodeFrame({ opcode: PING, payload: 'between' });
      wire.send(first!);
      for (const frame of rest) wire.send(Buffer.concat([between, frame]));
      await heard(wire, 2);
      const order = wire.frames.slice(-(rest.length + 1)).map(({ opcode }) => opcode);
      assert.deepEqual(order, [...rest.map(() => PONG), TEXT]);
    }));

  test('5.3 an empty fragment, first, in the middle or last, is none the less one', () =>
    withWire(async (wire) => {
      const text = ping(2);
      wire.send(
        Buffer.concat([
          part('', { first: true }),
          part(text.slice(0, 9), {}),
          part('', {}),
          part(text.slice(9), {}),
          part('', { last: true }),
        ]),
      );
      await heard(wire, 2);
    }));
});

describe('6 UTF-8', () => {
  const valid = {
    '6.2 two, three and four bytes': 'Hello-µ@ßöäüàá-UTF-8!! κόσμε 下午三点喝茶 🍵',
    '6.7 the smallest of each length': '\u0080\u0800\u{10000}',
    '6.9 the largest of each length': '\u007f\u07ff\uffff\u{10ffff}',
    '6.11 around the surrogates': '\ud7ff\ue000\ufffd',
    '6.22, 6.23 non-characters': '\ufffe\uffff\u{1fffe}\u{1ffff}\u{2fffe}\u{10fffe}\ufdd0',
  };
  for (const [what, text] of Object.entries(valid)) {
    test(`${what}: heard whole, and cut between any two bytes`, () =>
      withWire(async (wire) => {
        wire.send(encodeText(ping(2, text)));
        wire.send(Buffer.concat(fragments(ping(3, text), 1)));
        for (const id of [2, 3]) await heard(wire, id);
      }));
  }
});

describe('7 closing', () => {
  const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
  for (const code of codes) {
    test(`7.7 code ${code} is answered by a close, and the socket ends`, () =>
      withWire(async (wire) => {
        wire.send(encodeClose(code));
        assert.ok([code, 1000, 1005].includes(await wire.closed()));
      }));
  }

  test('7.3.1 without a code, 7.3.4 with a reason, 7.3.5 with one of 123 bytes', async () => {
    for (const frame of [encodeClose(), encodeClose(1000, 'done'), encodeClose(1000, 'x'.repeat(123))]) {
      await withWire(async (wire) => {
        wire.send(frame);
        assert.notEqual(await wire.closed(), 1006);
      });
    }
  });

  test('7.3.6 a reason of 124 bytes makes the frame too long: the connection fails', () =>
    withWire(async (wire) => {
      wire.send(encodeClose(1000, 'x'.repeat(124)));
      assert.ok([1002, 1006].includes(await wire.closed()));
    }));

  test('7.1.1–7.1.4 what comes behind the close, message, ping or close, is not heard', () =>
    withWire(async (wire) => {
      const behind = [
        encodeText(ping(77)),
        encodeFrame({ opcode: PING, payload: 'late' }),
        encodeClose(1000),
      ];
      wire.send(Buffer.concat([encodeText(ping(2)), encodeClose(1000), ...behind]));
      await wire.closed();
      assert.ok(!wire.replied(77));
      assert.deepEqual(wire.pongs(), []);
      assert.equal(wire.frames.filter(({ opcode }) => opcode === Opcode.CLOSE).length, 1);
    }));

  test('7.1.5 a close within a fragmented message ends it, and the message is not heard', () =>
    withWire(async (wire) => {
      const [first, ...rest] = fragments(ping(2), 20);
      wire.send(Buffer.concat([first!, encodeClose(1000), ...rest]));
      await wire.closed();
      assert.ok(!wire.replied(2));
    }));
});

describe('10 fragments of what fits in one frame', () => {
  test('10.1.1 64 KiB in pieces of 1,300 bytes are heard', () =>
    withWire(async (wire) => {
      wire.send(Buffer.concat(fragments(sized(2, FRAME_LIMIT), 1_300)));
      await heard(wire, 2);
    }));
});

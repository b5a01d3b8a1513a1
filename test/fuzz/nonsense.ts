/**
 * What the fuzzer sends, made of numbers alone: the same seed and the same number of a volley give the same bytes, but
 * for the ids of rooms, which are the server's. From requests that are right, over requests with one thing wrong, to
 * bytes that are no frame and no HTTP. Knows no sockets.
 */
import { GOOD, type Json } from '../edge/bodies.ts';
import { random, type Random } from '../faults/random.ts';
import { encodeFrame, encodeText, Opcode } from '../support/websocket-frames.ts';

export const KINDS = [
  'good request',
  'broken request',
  'broken JSON',
  'ping or pong',
  'any opcode',
  'fragment or reserved bit',
  'endless frame',
  'raw bytes',
  'handshake',
  'HTTP request',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Piece {
  kind: Kind;
  bytes: Buffer;
}

/** Sent on one socket after its upgrade; `http`: each piece on a connection of its own, from its first byte on. */
export interface Volley {
  number: number;
  via: 'socket' | 'http';
  /** Whether it says hello first, and as the how manyeth user. */
  user: number | null;
  pieces: Piece[];
}

export interface Rooms {
  /** Everybody of the fuzzer is in it. */
  playground: string;
  /** Somebody else's, which none of them may see. */
  closed: string;
}

/** Frames sent on a socket before its health is asked for. */
export const VOLLEY = 50;
/** The id of the request that asks for it; no nonsense bears it. */
export const HEALTH_ID = 1_999_999_999;

const words = (text: string): string[] => text.trim().split(/\s+/);
const OPS = [
  ...Object.keys(GOOD),
  ...words('entries constructor __proto__ MESSAGE.SEND toString session'),
  ...['', 'message.send '],
];
const FIELDS =
  words(`room cid kind body text user users seq target action name limit before after around token version
  cursors epoch mentions reply seconds role scope members open muted __proto__ constructor data type lat lng on emoji
  query file files w h size thumb ms next device`);
const ACTIONS = words('rename invite remove role mute unmute pin unpin slow close');
const NOUNS = words('group live support text image custom location all owner mine');
const NUMBERS = [0, -1, 1, 2, 1.5, 1e308, -0, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER];
const ODD = [
  ...[null, true, false, '', ' ', '\0', '\ud800', '😀', '../../etc/passwd', "' or 1=1 --", '$ne', '%00'],
  ...['\u202e', 'x'.repeat(4_000), '[object Object]'],
];
const PATHS =
  words(`/ws /v1/login /v1/refresh /v1/logout /v1/me /v1/files /v1/messages /healthz /readyz /metrics
  /admin/v1/status / //ws /ws/../ws /%00 /v1/../../etc/passwd /v1/login?x=%zz`);
const METHODS = words('GET POST PUT PATCH DELETE OPTIONS HEAD get BREW');
const HEADERS: readonly string[] = [
  ...words('content-length:5 content-length:-1 content-length:99999999999 transfer-encoding:chunked'),
  ...words('upgrade:websocket connection:Upgrade sec-websocket-version:13 sec-websocket-version:7'),
  ...words(
    'sec-websocket-key:dGhlIHNhbXBsZSBub25jZQ== sec-websocket-key:x expect:100-continue host: host:a,b',
  ),
  ...words('authorization:Bearer content-type:application/json content-type:multipart/form-data origin:null'),
  ...['x-forwarded-for: ,,,1.2.3', 'authorization: Bearer a.b.c', 'no colon', ': no name', 'x y: z', ' : '],
  ...['content-type: multipart/form-data; boundary=a', `x-long: ${'y'.repeat(3_000)}`],
];

/** @param seed of the whole run */
export function volley(seed: number, number: number, rooms: Rooms, users: number): Volley {
  const maker = new Maker(random((seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0), rooms);
  const { dice } = maker;
  const via = dice.below(25) === 0 ? 'http' : 'socket';
  const user = dice.below(20) === 0 ? null : dice.below(users);
  // What ends a socket keeps all behind it from being heard: most volleys have none of it.
  const isRude = dice.below(3) === 0;
  const make = via === 'http' ? () => maker.http() : () => maker.frame(isRude);
  return { number, via, user, pieces: Array.from({ length: VOLLEY }, make) };
}

class Maker {
  readonly dice: Random;
  readonly #rooms: Rooms;

  constructor(dice: Random, rooms: Rooms) {
    this.dice = dice;
    this.#rooms = rooms;
  }

  frame(isRude: boolean): Piece {
    const { dice } = this;
    const sort = dice.below(isRude ? 400 : 390);
    if (sort < 60) return { kind: 'good request', bytes: encodeText(this.#good()) };
    if (sort < 387) return { kind: 'broken request', bytes: encodeText(this.#request()) };
    if (sort < 390) {
      const opcode = this.#pick([Opcode.PING, Opcode.PONG]);
      return { kind: 'ping or pong', bytes: encodeFrame({ opcode, payload: this.#bytes(dice.below(126)) }) };
    }
    if (sort < 394) {
      const payload = this.#mutated(Buffer.from(this.#request()));
      return { kind: 'broken JSON', bytes: encodeFrame({ opcode: Opcode.TEXT, payload }) };
    }
    if (sort < 396) {
      const payload = this.#bytes(dice.below(200));
      return { kind: 'any opcode', bytes: encodeFrame({ opcode: dice.below(16), payload }) };
    }
    if (sort < 398) {
      const parts = { opcode: Opcode.TEXT, payload: this.#request(), fin: false, rsv: dice.below(8) };
      return { kind: 'fragment or reserved bit', bytes: encodeFrame(parts) };
    }
    if (sort < 399) return { kind: 'raw bytes', bytes: this.#bytes(1 + dice.below(50)) };
    const claimedLength = BigInt(dice.below(2 ** 31)) << BigInt(dice.below(33));
    const bytes = encodeFrame({ opcode: Opcode.TEXT, claimedLength, payload: this.#bytes(20) });
    return { kind: 'endless frame', bytes };
  }

  /** Near enough to HTTP to be read for a while. */
  http(): Piece {
    const { dice } = this;
    const isHandshake = dice.below(3) === 0;
    const kind = isHandshake ? 'handshake' : 'HTTP request';
    if (dice.below(8) === 0) return { kind, bytes: this.#bytes(1 + dice.below(300)) };
    const path = isHandshake ? '/ws' : this.#pick(PATHS);
    const body = isHandshake ? '' : this.#body();
    const fixed = isHandshake
      ? ['Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']
      : ['Host: x', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
    const headers = [...fixed.filter(() => dice.below(8) > 0)];
    if (isHandshake && dice.below(8) > 0) headers.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==');
    for (let more = dice.below(4); more > 0; more--) headers.push(this.#pick(HEADERS));
    const method = dice.below(4) === 0 ? this.#pick(METHODS) : isHandshake ? 'GET' : 'POST';
    const version = dice.below(20) === 0 ? this.#pick(['HTTP/9.9', 'HTTP/1.0', 'FTP', '']) : 'HTTP/1.1';
    const text = `${method} ${path} ${version}\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n${body}`;
    const bytes = Buffer.from(text);
    if (dice.below(6) === 0) return { kind, bytes: this.#mutated(bytes) };
    return { kind, bytes: dice.below(10) === 0 ? bytes.subarray(0, 1 + dice.below(bytes.length)) : bytes };
  }

  #body(): string {
    const credentials = [
      { dev: `stranger${this.dice.below(50)}` },
      { code: 'x'.repeat(this.dice.below(300)) },
      { refresh: 'x'.repeat(43) },
      { dev: '', code: '' },
    ];
    const sorts = [() => '', () => JSON.stringify(this.#pick(credentials)), () => this.#request()];
    return this.#pick([...sorts, () => this.#good()])();
  }

  /** As an honest client asks, in the playground, of things that are there or not. */
  #good(): string {
    const { dice } = this;
    const [op = '', bodies = []] = this.#pick<[string, Json[]]>(Object.entries(GOOD));
    const body = { ...this.#pick(bodies) };
    if ('room' in body) body['room'] = this.#rooms.playground;
    // Few cids: most are repeats, so the store stops growing, and memory that grows on is a leak.
    if ('cid' in body) body['cid'] = `g${dice.below(4)}`;
    return JSON.stringify({ id: 1_000 + dice.below(1_000), op, body });
  }

  /** Near enough to a request to get past the door now and then. */
  #request(): string {
    const { dice } = this;
    const own = {
      room: dice.below(2) === 0 ? this.#rooms.closed : this.#rooms.playground,
      cid: `z${dice.below(4)}`,
      kind: 'text',
      action: this.#pick(ACTIONS),
      body: { text: 'x' },
    };
    const body = dice.below(2) === 0 ? Object.assign(own, this.#value(1)) : own;
    const asked = dice.below(8) === 0 ? this.#value(0) : body;
    const frame = { id: 1_000 + dice.below(1_000), op: this.#pick(OPS), body: asked };
    return JSON.stringify(dice.below(200) === 0 ? this.#value(0) : frame);
  }

  #value(depth: number): unknown {
    const { dice } = this;
    const shape = dice.below(depth > 3 ? 6 : 10);
    if (shape < 6) return this.#scalar(shape);
    if (shape === 6) return Array.from({ length: dice.below(5) }, () => this.#value(depth + 1));
    const fields = Array.from({ length: dice.below(6) }, () => [this.#pick(FIELDS), this.#value(depth + 1)]);
    return Object.fromEntries(fields) as unknown;
  }

  #scalar(shape: number): unknown {
    if (shape === 0) return this.#rooms.closed;
    if (shape === 1) return this.#pick([...NOUNS, ...ACTIONS]);
    if (shape === 2) return this.#pick(NUMBERS);
    if (shape === 3) return this.#pick(ODD);
    if (shape === 4) return 'x'.repeat(this.dice.below(3_000));
    return this.dice.below(2 ** 31);
  }

  #mutated(bytes: Buffer): Buffer {
    for (let count = this.dice.below(4); count >= 0; count--) {
      bytes[this.dice.below(bytes.length)] = this.dice.below(256);
    }
    return bytes;
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.dice.below(256)));
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.dice.below(values.length)]!;
  }
}

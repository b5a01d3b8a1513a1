/**
 * RFC 6455 §5 on bytes: builds any frame, also those that no honest client sends, and takes apart what a server
 * sends. Promises that nothing a server may not send passes unnoticed: masked, compressed, fragmented control and
 * oversized frames throw BadFrame. Knows no sockets.
 */

export const Opcode = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const;

export interface FrameParts {
  opcode: number;
  payload?: Buffer | string;
  /** Last of its message; default true. */
  fin?: boolean;
  /** The three reserved bits, 0–7; default 0. */
  rsv?: number;
  /** Four bytes; absent: a fixed mask; null: unmasked, which a client must not send. */
  mask?: Buffer | null;
  /** Written instead of the payload's length, in its 8-byte form. */
  claimedLength?: bigint;
  /** How the length is written: the shortest form is the only valid one. */
  lengthBytes?: 1 | 3 | 9;
}

export interface Frame {
  opcode: number;
  fin: boolean;
  payload: Buffer;
}

export class BadFrame extends Error {
  override readonly name = 'BadFrame';
}

const FIXED_MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

export function encodeFrame(parts: FrameParts): Buffer {
  const { opcode, fin = true, rsv = 0, mask = FIXED_MASK } = parts;
  const payload =
    typeof parts.payload === 'string' ? Buffer.from(parts.payload) : (parts.payload ?? Buffer.alloc(0));
  const length = lengthField(parts, payload.length);
  const header = Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), length]);
  if (mask === null) return Buffer.concat([header, payload]);
  header.writeUInt8(header.readUInt8(1) | 0x80, 1);
  const masked = Buffer.from(payload);
  for (let at = 0; at < masked.length; at++) masked[at]! ^= mask[at & 3]!;
  return Buffer.concat([header, mask, masked]);
}

export function encodeText(text: string): Buffer {
  return encodeFrame({ opcode: Opcode.TEXT, payload: text });
}

/** @param reason at most 123 bytes, or the frame is not valid */
export function encodeClose(code?: number, reason = ''): Buffer {
  if (code === undefined) return encodeFrame({ opcode: Opcode.CLOSE });
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encodeFrame({ opcode: Opcode.CLOSE, payload: Buffer.concat([payload, Buffer.from(reason)]) });
}

/** The length field with a zero mask bit. */
function lengthField(parts: FrameParts, actual: number): Buffer {
  const shortest = actual < 126 ? 1 : actual < 65_536 ? 3 : 9;
  const bytes = parts.claimedLength === undefined ? (parts.lengthBytes ?? shortest) : 9;
  const field = Buffer.alloc(bytes);
  if (bytes === 1) field.writeUInt8(actual);
  if (bytes === 3) {
    field.writeUInt8(126);
    field.writeUInt16BE(actual, 1);
  }
  if (bytes === 9) {
    field.writeUInt8(127);
    field.writeBigUInt64BE(parts.claimedLength ?? BigInt(actual), 1);
  }
  return field;
}

/** Turns a server's byte stream into frames, wherever TCP has cut it. */
export class FrameDecoder {
  readonly #maxPayload: number;
  #rest: Buffer = Buffer.alloc(0);

  /** @param maxPayload largest frame accepted, in bytes */
  constructor(maxPayload = 16 * 1024 * 1024) {
    this.#maxPayload = maxPayload;
  }

  /** The frames that are whole now. The payloads are views of memory that later calls leave alone. */
  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | null {
    const rest = this.#rest;
    if (rest.length < 2) return null;
    const first = rest.readUInt8(0);
    const second = rest.readUInt8(1);
    const [opcode, fin] = [first & 0x0f, (first & 0x80) !== 0];
    if ((first & 0x70) !== 0) throw new BadFrame('a reserved bit is set, though no extension was negotiated');
    if ((second & 0x80) !== 0) throw new BadFrame('a server frame is masked');
    const short = second & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < head) return null;
    const length =
      short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (opcode >= 8 && (!fin || length > 125))
      throw new BadFrame('a control frame is fragmented or too long');
    if (length > this.#maxPayload)
      throw new BadFrame(`a frame of ${length} bytes exceeds ${this.#maxPayload}`);
    if (rest.length < head + length) return null;
    this.#rest = rest.subarray(head + length);
    return { opcode, fin, payload: rest.subarray(head, head + length) };
  }
}

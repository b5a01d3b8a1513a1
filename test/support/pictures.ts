/** The smallest files of each form that say what they are and, of images, how large. */
import { crc32, deflateSync } from 'node:zlib';

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const u16le = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A whole one, which decoders take. */
export function png(w: number, h: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([ascii(type), data]);
    return Buffer.concat([u32(data.byteLength), body, u32(crc32(body))]);
  };
  const rows = Buffer.alloc(h * (1 + w * 3), 0x7f);
  for (let row = 0; row < h; row += 1) rows[row * (1 + w * 3)] = 0;
  return Buffer.concat([
    ascii('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', Buffer.concat([u32(w), u32(h), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const gif = (w: number, h: number): Buffer =>
  Buffer.concat([ascii('GIF89a'), u16le(w), u16le(h), Buffer.from([0, 0, 0, 0x3b])]);

/** @param orientation as EXIF has it, 1–8 */
export function jpeg(w: number, h: number, orientation?: number): Buffer {
  const segment = (marker: number, data: Buffer): Buffer =>
    Buffer.concat([Buffer.from([0xff, marker]), u16(data.byteLength + 2), data]);
  const tag = Buffer.concat([u16(0x0112), u16(3), u32(1), u16(orientation ?? 1), u16(0)]);
  const tiff = Buffer.concat([ascii('MM'), u16(42), u32(8), u16(1), tag, u32(0)]);
  const jfif = segment(0xe0, Buffer.concat([ascii('JFIF\0\x01\x01\0'), u16(1), u16(1), u16(0)]));
  const exif = orientation === undefined ? [] : [segment(0xe1, Buffer.concat([ascii('Exif\0\0'), tiff]))];
  const frame = Buffer.concat([Buffer.from([8]), u16(h), u16(w), Buffer.from([1, 1, 0x11, 0])]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jfif,
    ...exif,
    segment(0xc0, frame),
    Buffer.from([0xff, 0xd9]),
  ]);
}

export function webp(w: number, h: number): Buffer {
  const u24le = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16]);
  const head = Buffer.concat([Buffer.from([0x10, 0, 0, 0]), u24le(w - 1), u24le(h - 1)]);
  return Buffer.concat([ascii('RIFF'), u16le(22), u16le(0), ascii('WEBPVP8X'), u16le(10), u16le(0), head]);
}

export const mp3 = (): Buffer =>
  Buffer.concat([ascii('ID3\x04\0\0\0\0\0\0'), Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(64)]);

export const mp4 = (brand: string): Buffer =>
  Buffer.concat([u32(20), ascii(`ftyp${brand}\0\0\0\0${brand}`), Buffer.alloc(32)]);

export const pdf = (): Buffer => ascii('%PDF-1.7\n%%EOF\n');

/** Frames as text, the way they leave the server; each is built in this one place. */
import type { ErrorBody } from '../../miniprogram/protocol/errors.ts';
import type { Pushes } from '../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId } from '../../miniprogram/protocol/objects.ts';

/** Large entries are cut into frames of at most so many bytes, or of one entry, so that no phone chokes on one. */
const ENTRIES_FRAME_BYTES = 32_768;

export const replyFrame = (id: number, body: unknown): string =>
  `{"id":${id},"ok":true,"body":${JSON.stringify(body)}}`;

export const errorFrame = (id: number, error: ErrorBody): string =>
  `{"id":${id},"ok":false,"error":${JSON.stringify(error)}}`;

export const pushFrame = <P extends keyof Pushes>(op: P, body: Pushes[P]): string =>
  JSON.stringify({ op, body });

/** One frame, or several where the entries are large; consecutive entries stay consecutive. */
export function entriesFrames(room: RoomId, entries: readonly Entry[]): string[] {
  const head = `{"op":"entries","body":{"room":${JSON.stringify(room)},"entries":[`;
  const end = ']}}';
  const frames: string[] = [];
  let part = '';
  let bytes = 0;
  for (const entry of entries) {
    const json = JSON.stringify(entry);
    const size = Buffer.byteLength(json);
    if (part !== '' && bytes + 1 + size > ENTRIES_FRAME_BYTES) {
      frames.push(`${head}${part}${end}`);
      part = '';
    }
    bytes = part === '' ? head.length + end.length + size : bytes + 1 + size;
    part += part === '' ? json : `,${json}`;
  }
  if (part !== '') frames.push(`${head}${part}${end}`);
  return frames;
}

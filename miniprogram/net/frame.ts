/** Pure: what arrives on a socket, checked as far as its envelope. What is not a frame is dropped, never thrown. */
import type { ServerFrame } from '../protocol/frames';

export function parseFrame(text: string): ServerFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame)) return null;
  const isPush = typeof frame['op'] === 'string' && isObject(frame['body']);
  const isReply =
    typeof frame['id'] === 'number' && isObject(frame['ok'] === true ? frame['body'] : frame['error']);
  return isPush || isReply ? (frame as unknown as ServerFrame) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

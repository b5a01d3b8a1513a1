/**
 * Bus messages as text, and back. What arrives was written by another node, perhaps of another version: a kind that
 * this one does not know, or a message without what its kind must hold, is nobody's and is dropped; a field that it
 * does not know is let through. The compiler asks for a row for each kind and a test for each field.
 */
import type { BusMessage } from '../domain/ports.ts';

type Test = (value: unknown) => boolean;
type Rows = {
  [T in BusMessage['type']]: {
    [F in Exclude<keyof Extract<BusMessage, { type: T }>, 'type'>]-?: Test;
  };
};

const text: Test = (value) => typeof value === 'string';
const whole: Test = (value) => Number.isSafeInteger(value);
const flag: Test = (value) => typeof value === 'boolean';
const texts: Test = (value) => Array.isArray(value) && value.every(text);
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);

/** At least one, and consecutive: a feed relies on it. */
const entries: Test = (value) => {
  if (!Array.isArray(value) || value.length === 0) return false;
  const first = seqOf(value[0]);
  return value.every((entry, i) => seqOf(entry) === first + i);
};

/** NaN, which equals nothing, where there is none. */
function seqOf(entry: unknown): number {
  const seq = typeof entry === 'object' && entry !== null && 'seq' in entry ? entry.seq : NaN;
  return typeof seq === 'number' ? seq : NaN;
}

const record =
  (fields: Record<string, Test>): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, test]) => test((value as Record<string, unknown>)[name]));

const amount: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const health = record({ up: flag, ms: amount });
const status = record({
  id: text,
  name: text,
  version: text,
  uptimeSeconds: whole,
  sockets: whole,
  users: whole,
  rooms: whole,
  sendsPerSecond: amount,
  store: health,
  bus: health,
});

const ROWS: Rows = {
  entries: { room: text, entries },
  read: { room: text, user: text, seq: whole },
  typing: { room: text, user: text },
  room: { user: text, room: text },
  sanctions: { user: text },
  words: {},
  report: { user: text, id: text, room: text, target: whole, action: text },
  presence: { node: text, user: text, online: flag, lastSeen: optional(whole) },
  who: { node: text, users: texts },
  here: { node: text, users: texts },
  beat: { node: text, name: text, leaves: optional(flag) },
  'status?': { node: text, round: whole },
  status: { round: whole, status },
  hangup: { user: text, sid: optional(text), closeCode: whole, reason: text },
};

/** One text, or several where the entries of one message are more than `maxBytes`. Empty: it fits in no message. */
export function encode(message: BusMessage, maxBytes: number): string[] {
  const whole = JSON.stringify(message);
  // A unit of a string is three bytes at most.
  if (whole.length * 3 <= maxBytes || Buffer.byteLength(whole) <= maxBytes) return [whole];
  if (message.type !== 'entries' || message.entries.length < 2) return [];
  const half = message.entries.length >> 1;
  return [message.entries.slice(0, half), message.entries.slice(half)].flatMap((part) =>
    encode({ ...message, entries: part }, maxBytes),
  );
}

/** Null where it is no message that this node knows. */
export function decode(encoded: string): BusMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(encoded);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(ROWS, type)) return null;
  const fields = Object.entries<Test>(ROWS[type as BusMessage['type']]);
  const isSound = fields.every(([name, test]) => test((value as Record<string, unknown>)[name]));
  return isSound ? (value as BusMessage) : null;
}

/**
 * What all clients of one run did and saw, as events in the order of happening: one process records them all, so the
 * index is a real-time order. Checkers judge it afterwards. Promises to keep everything, up to a bound past which it
 * throws.
 */
import { createHash } from 'node:crypto';
import type { Entry } from '../../miniprogram/protocol/objects.ts';

/** One message as its sender knows it. */
interface Attempt {
  /** Names the sending client; `sender` is its user. */
  client: string;
  sender: string;
  room: string;
  cid: string;
  /** 1 for the first, counting up with each resend. */
  attempt: number;
}

/** One entry as somebody sees it. */
interface Sight {
  room: string;
  seq: number;
  sender: string;
  cid: string | undefined;
  /** Of kind and body. */
  hash: string;
  /** Server time. */
  ts: number;
}

export type Happening =
  | ({ type: 'send'; hash: string } & Attempt)
  | ({ type: 'ack'; seq: number } & Attempt)
  /** Refused for good: it was not stored. */
  | ({ type: 'fail'; code: string } & Attempt)
  /** The socket ended, or the refusal allows a resend: it may be stored or not. */
  | ({ type: 'unknown' } & Attempt)
  | ({ type: 'receive'; client: string } & Sight)
  /** From here on the client is owed every entry after `from`, in order. */
  | { type: 'resume'; client: string; room: string; from: number }
  /** It was told to drop what it holds of the room; the store has not changed its epoch. */
  | { type: 'reset'; client: string; room: string }
  | { type: 'close'; client: string; code: number }
  | { type: 'restart' }
  /** All faults are over and nobody sends anything new. */
  | { type: 'calm' }
  /** The log as it stands at the end. */
  | ({ type: 'final' } & Sight);

/** `t`: monotonic milliseconds. */
export type Event = Happening & { t: number };

const LIMIT = 2_000_000;

export class History {
  readonly events: Event[] = [];
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  record(happening: Happening): void {
    if (this.events.length >= LIMIT) throw new Error(`a history of more than ${LIMIT} events`);
    this.events.push({ ...happening, t: this.#now() });
  }

  /** One JSON object a line, to look at after a failure. */
  toJsonLines(): string {
    return this.events.map((event) => JSON.stringify(event)).join('\n');
  }
}

export function hashOf(content: { kind: string; body: unknown }): string {
  return createHash('sha1')
    .update(JSON.stringify([content.kind, content.body]))
    .digest('base64url')
    .slice(0, 12);
}

export function sightOf(room: string, entry: Entry): Sight {
  return { room, seq: entry.seq, sender: entry.from, cid: entry.cid, hash: hashOf(entry), ts: entry.ts };
}

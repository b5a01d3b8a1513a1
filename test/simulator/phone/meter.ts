/**
 * What crosses the two expensive borders: frames to and from the server, and setData from the logic to the view.
 * Counts, and keeps the last few frames by name and size, never by content. Knows no socket and no component.
 */

export interface FrameNote {
  direction: 'in' | 'out';
  /** The `op`, or what a reply answers; '?' for what is no JSON of ours. */
  name: string;
  /** UTF-8. */
  bytes: number;
}

export interface SetDataNote {
  /** The page or component that called. */
  owner: string;
  /** Its paths, shortened: `rows[12].state` and how many more. */
  name: string;
  bytes: number;
}

export interface Traffic {
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
  setDataCalls: number;
  setDataBytes: number;
  /** Of one call. */
  largestSetData: number;
}

/** Frames kept by name. */
export const MOST_NOTES = 30;
/** Calls of setData: a page of history brings many components, each with calls of its own. */
export const MOST_CALLS = 1_000;
/** Of requests that wait for their reply, to name it. */
const MOST_OPEN = 64;

const encoder = new TextEncoder();

export class Meter {
  readonly traffic: Traffic = {
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    setDataCalls: 0,
    setDataBytes: 0,
    largestSetData: 0,
  };
  /** Newest last. */
  readonly frames: FrameNote[] = [];
  readonly calls: SetDataNote[] = [];
  readonly #open = new Map<number, string>();

  sent(text: string): void {
    const bytes = sizeOf(text);
    this.traffic.framesOut += 1;
    this.traffic.bytesOut += bytes;
    const { id, op } = readFrame(text);
    if (id !== undefined && op !== undefined) this.#open.set(id, op);
    if (this.#open.size > MOST_OPEN) this.#open.delete(this.#open.keys().next().value ?? 0);
    this.#note({ direction: 'out', name: op ?? '?', bytes });
  }

  received(text: string): void {
    const bytes = sizeOf(text);
    this.traffic.framesIn += 1;
    this.traffic.bytesIn += bytes;
    const { id, op } = readFrame(text);
    const asked = id === undefined ? undefined : this.#open.get(id);
    if (id !== undefined) this.#open.delete(id);
    this.#note({ direction: 'in', name: op ?? (asked === undefined ? '?' : `re: ${asked}`), bytes });
  }

  /** As WeChat would: by the JSON that it sends across. */
  setData(changes: object, owner = ''): void {
    const bytes = sizeOf(JSON.stringify(changes) ?? '');
    this.traffic.setDataCalls += 1;
    this.traffic.setDataBytes += bytes;
    this.traffic.largestSetData = Math.max(this.traffic.largestSetData, bytes);
    const [first = '', ...more] = Object.keys(changes);
    this.calls.push({ owner, name: more.length > 0 ? `${first} +${more.length}` : first, bytes });
    if (this.calls.length > MOST_CALLS) this.calls.shift();
  }

  #note(note: FrameNote): void {
    this.frames.push(note);
    if (this.frames.length > MOST_NOTES) this.frames.shift();
  }
}

/** In UTF-8, which is what WeChat's limits count. */
export function sizeOf(text: string): number {
  return encoder.encode(text).length;
}

function readFrame(text: string): { id?: number; op?: string } {
  try {
    const frame = JSON.parse(text) as { id?: unknown; op?: unknown } | null;
    return {
      ...(typeof frame?.id === 'number' ? { id: frame.id } : {}),
      ...(typeof frame?.op === 'string' ? { op: frame.op } : {}),
    };
  } catch {
    return {};
  }
}

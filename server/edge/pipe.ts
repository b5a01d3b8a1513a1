/**
 * Bytes of HTTP in and out of a socket, in the terms of uWebSockets.js: a body is collected up to a bound, an answer is
 * poured out no faster than the other end takes it.
 */
import { MAX_BODY_BYTES, type Outflow } from './http.ts';

/** What of the library's response is used here. */
export interface Pipe {
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  cork(run: () => void): unknown;
  /** [all of it was taken, the answer has ended] */
  tryEnd(chunk: Uint8Array, size: number): [boolean, boolean];
  onWritable(handler: (offset: number) => boolean): unknown;
  getWriteOffset(): number;
  close(): unknown;
}

/** Calls back once: with the whole body, or with null as soon as it is too large. */
export function collect(response: Pipe, done: (body: Uint8Array | null) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.onData((chunk, isLast) => {
    const before = size;
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) {
      if (before <= MAX_BODY_BYTES) done(null);
      return;
    }
    chunks.push(Buffer.from(chunk.slice(0)));
    if (isLast) done(Buffer.concat(chunks));
  });
}

/** Reads no faster than the other end takes; where the bytes fail, so does the connection. */
export async function pour(response: Pipe, { size, bytes }: Outflow, ended: AbortSignal): Promise<void> {
  let given = 0;
  try {
    for await (const chunk of bytes) {
      if (ended.aborted) return;
      // Whole, the answer ends by itself, and must not be touched any more.
      given += chunk.byteLength;
      await offer(response, { chunk, size, ended });
    }
  } finally {
    if (!ended.aborted && given < size) response.close();
  }
}

/** Resolves when the chunk was taken, or there is nobody to take it. */
function offer(
  response: Pipe,
  { chunk, size, ended }: { chunk: Uint8Array; size: number; ended: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    const from = response.getWriteOffset();
    let isTaken = false;
    response.cork(() => ([isTaken] = response.tryEnd(chunk, size)));
    if (isTaken) return resolve();
    ended.addEventListener('abort', () => resolve(), { once: true });
    response.onWritable((offset) => {
      const [isRestTaken] = response.tryEnd(chunk.subarray(offset - from), size);
      if (isRestTaken) resolve();
      return isRestTaken;
    });
  });
}

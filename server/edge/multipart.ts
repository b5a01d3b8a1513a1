/** The one file of a multipart body, as it comes: nothing is kept in memory but what waits to be read. */
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { Refusal } from '../outcome.ts';
import { Cut } from './inflow.ts';

export interface Multipart {
  contentType: string;
  body: AsyncIterable<Uint8Array>;
  /** Most bytes of the whole body. */
  most: number;
  /** Name of the part that is wanted. */
  field: string;
}

/** So that nobody hides a long body in fields that nobody reads. */
const LIMITS = { files: 1, fields: 8, fieldSize: 1_024, parts: 9, headerPairs: 32, headerSize: 4_096 };

/**
 * Calls `take` with the bytes of the wanted part, and gives what it gives once all of the body has come.
 * @throws Refusal BAD_REQUEST where the body is not multipart, breaks off or has no such part, TOO_LARGE; what `take`
 *   and the body throw
 */
export async function takeFile<T>(
  { contentType, body, most, field }: Multipart,
  take: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const parser = parserFor(contentType, field);
  const failure = Promise.withResolvers<never>();
  const finished = new Promise<void>((resolve) => parser.on('finish', resolve));
  const found: { part: BusboyFileStream; taken: Promise<T> }[] = [];

  parser.on('error', () => failure.reject(malformed(field)));
  parser.on('file', (name: string, part: BusboyFileStream) => {
    // The parser only says so, and lets what is broken off end as if it were whole.
    part.on('error', (reason: Error) => part.destroy(reason));
    if (name !== field || found.length > 0) return void part.resume();
    const taken = take(wholeOf(part, field));
    taken.catch(failure.reject);
    found.push({ part, taken });
  });

  async function feed(): Promise<void> {
    let size = 0;
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > most)
        throw new Refusal(ErrorCode.TOO_LARGE, `${field}: must fit into a body of ${most} bytes`);
      // Called back when what it holds was read: the sender waits for the disk.
      await new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
    }
    parser.end();
    await finished;
  }

  try {
    await Promise.race([failure.promise, feed()]);
  } catch (reason) {
    const [first] = found;
    first?.part.destroy(reason instanceof Error ? reason : new Error(String(reason)));
    // Nothing of it goes on behind the back of whoever is told.
    await first?.taken;
    throw reason;
  }
  const [first] = found;
  if (!first) throw malformed(field);
  return first.taken;
}

/** What the parser throws is that the body broke off; what others do is theirs. */
async function* wholeOf(part: BusboyFileStream, field: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of part) yield chunk as Buffer;
  } catch (reason) {
    throw reason instanceof Refusal || reason instanceof Cut ? reason : malformed(field);
  }
}

function parserFor(contentType: string, field: string): BusboyInstance {
  try {
    if (!/^multipart\/form-data\b/i.test(contentType)) throw malformed(field);
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch {
    throw malformed(field);
  }
}

const malformed = (field: string): Refusal =>
  new Refusal(
    ErrorCode.BAD_REQUEST,
    `${field}: is missing or broken off; allowed: multipart/form-data with a file in ${field}`,
  );

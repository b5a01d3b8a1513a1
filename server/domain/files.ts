/**
 * Files that people send: taking one in, saying where it may be read and by whom, handing it out, and doing away with
 * those that nothing uses. What a file is, its content says, and never whoever sent it.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Content } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type {
  ContentBodies,
  EntryKind,
  FileId,
  FileLink,
  RoomId,
  Timestamp,
  UserId,
} from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { BlobStore, Clock, FileFacts, FileRecord, FileStore, NewId } from './ports.ts';

export interface Files {
  /** Takes in what comes; resolves when it is durable. */
  upload(owner: UserId, bytes: AsyncIterable<Uint8Array>): Promise<FileRecord>;
  /** Those of them that `reader` may read. */
  links(reader: UserId, ids: FileId[], room?: RoomId): Promise<FileLink[]>;
  /** @throws Refusal NOT_FOUND where there is no such file any more */
  record(id: FileId): Promise<FileRecord>;
  /** The bytes `start` … `end`. @throws Refusal NOT_FOUND */
  read(id: FileId, range: { start: number; end: number }): Promise<AsyncIterable<Uint8Array>>;
  /** The content with the facts of its files put in, and the files that an entry of it carries. */
  attach(
    sender: UserId,
    room: RoomId,
    content: Content,
  ): Promise<{ body: Content['body']; files?: FileId[] }>;
  /** @throws Refusal where this is no picture that `user` uploaded */
  mustBeAvatar(user: UserId, id: FileId): Promise<void>;
  /** Does away with what nothing uses any more; of calls at once, one works. */
  sweep(): Promise<void>;
}

export interface FilesDeps {
  store: FileStore;
  blobs: BlobStore;
  /** What the first bytes of a file, HEAD_BYTES at most, say that it is. */
  sniff: (head: Uint8Array) => Promise<Omit<FileFacts, 'size'>>;
  /** A path on the server, signed, for whoever holds it. */
  sign: (id: FileId) => { url: string; expiresAt: Timestamp };
  clock: Pick<Clock, 'now'>;
  newId: NewId;
  limits: Pick<Limits, 'file' | 'uploads'>;
}

/** Enough for the size of a photograph behind its metadata. */
export const HEAD_BYTES = 256 * 1024;
/** How long a file that was uploaded waits to be used. */
const UNUSED_MS = 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** A draft may be on its way to the store with a file that expires meanwhile. */
const ON_ITS_WAY_MS = 60_000;
const UPLOADS_AT_ONCE = 4;
const SWEPT_AT_ONCE = 100;
const MIB = 1024 * 1024;

const CARRIERS: ReadonlySet<string> = new Set<keyof ContentBodies>(['image', 'voice', 'video', 'file']);
export const carriesFiles = (kind: EntryKind): boolean => CARRIERS.has(kind);

/** What the files of a kind must be. */
const MUST_BE: Record<'image' | 'voice' | 'video', { type: string; allowed: string }> = {
  image: { type: 'image/', allowed: 'a png, jpeg, gif or webp image' },
  voice: { type: 'audio/', allowed: 'an mp3, aac, m4a or wav recording' },
  video: { type: 'video/', allowed: 'an mp4 video' },
};

export function createFiles({ store, blobs, sniff, sign, clock, newId, limits }: FilesDeps): Files {
  /** Owner → uploads under way, and the bytes of them that have come. */
  const underWay = new Map<UserId, { uploads: number; bytes: number }>();
  let sweeping: Promise<void> | null = null;

  async function upload(owner: UserId, bytes: AsyncIterable<Uint8Array>): Promise<FileRecord> {
    const own = underWay.get(owner) ?? { uploads: 0, bytes: 0 };
    if (own.uploads >= UPLOADS_AT_ONCE) {
      throw new Refusal(ErrorCode.RATE_LIMITED, `file: at most ${UPLOADS_AT_ONCE} uploads at once`, 1_000);
    }
    own.uploads += 1;
    underWay.set(owner, own);
    const taken = { size: 0, head: [] as Uint8Array[] };
    try {
      const used = await store.uploadedBytes(owner, clock.now() - DAY_MS);
      const left = limits.uploads * MIB - used;
      return await keep(owner, watched(bytes, { taken, own, left }), taken);
    } finally {
      own.uploads -= 1;
      own.bytes -= taken.size;
      if (own.uploads === 0) underWay.delete(owner);
    }
  }

  /** Passes the bytes on, keeps the first of them, and stops at the limits. */
  async function* watched(
    bytes: AsyncIterable<Uint8Array>,
    { taken, own, left }: { taken: Taken; own: { bytes: number }; left: number },
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      if (taken.size < HEAD_BYTES) taken.head.push(chunk.subarray(0, HEAD_BYTES - taken.size));
      taken.size += chunk.byteLength;
      own.bytes += chunk.byteLength;
      if (taken.size > limits.file) throw tooLarge(limits.file);
      if (own.bytes > left) {
        throw new Refusal(
          ErrorCode.RATE_LIMITED,
          `file: at most ${limits.uploads} MiB within 24 hours`,
          3_600_000,
        );
      }
      yield chunk;
    }
  }

  async function keep(owner: UserId, bytes: AsyncIterable<Uint8Array>, taken: Taken): Promise<FileRecord> {
    const created = clock.now();
    const id = newId();
    // First, so that there is no moment in which the bytes are there and nobody knows of them.
    await store.reserveFile({ id, owner, created, expires: created + UNUSED_MS });
    await blobs.write(id, bytes);
    if (taken.size === 0) throw new Refusal(ErrorCode.BAD_REQUEST, 'file: must not be empty');
    const facts = { ...(await sniff(joined(taken.head))), size: taken.size };
    await store.completeFile(id, facts);
    return { id, owner, created, ...facts };
  }

  async function links(reader: UserId, ids: FileId[], room?: RoomId): Promise<FileLink[]> {
    const files = await store.readableFiles(reader, [...new Set(ids)], room);
    return files.map(({ owner: _, created: __, ...shown }) => ({ ...shown, ...sign(shown.id) }));
  }

  async function record(id: FileId): Promise<FileRecord> {
    return (await store.file(id)) ?? gone();
  }

  async function read(id: FileId, range: { start: number; end: number }): Promise<AsyncIterable<Uint8Array>> {
    return (await blobs.read(id, range)) ?? gone();
  }

  async function attach(sender: UserId, room: RoomId, content: Content): ReturnType<Files['attach']> {
    const named = filesIn(content);
    if (named.length === 0) return { body: content.body };
    const ids = [...new Set(named.map(({ id }) => id))];
    const readable = new Map((await store.readableFiles(sender, ids, room)).map((file) => [file.id, file]));
    const found = named.map(({ field, id, mustBe }) => {
      const file = readable.get(id);
      if (!file) throw noFile(field);
      if (mustBe && !file.mime.startsWith(mustBe.type)) {
        throw new Refusal(ErrorCode.BAD_REQUEST, `${field}: is ${file.mime}; allowed: ${mustBe.allowed}`);
      }
      return file;
    });
    const [main] = found;
    const { size, w, h } = main ?? { size: 0 };
    const pixels = w !== undefined && h !== undefined ? { w, h } : {};
    return { body: { ...content.body, size, ...pixels } as Content['body'], files: ids };
  }

  async function mustBeAvatar(user: UserId, id: FileId): Promise<void> {
    const file = await store.file(id);
    if (file?.owner !== user) throw noFile('avatar');
    const { type, allowed } = MUST_BE.image;
    if (!file.mime.startsWith(type)) {
      throw new Refusal(ErrorCode.BAD_REQUEST, `avatar: is ${file.mime}; allowed: ${allowed}`);
    }
  }

  function sweep(): Promise<void> {
    sweeping ??= sweepAll().finally(() => (sweeping = null));
    return sweeping;
  }

  async function sweepAll(): Promise<void> {
    for (;;) {
      const before = clock.now() - ON_ITS_WAY_MS;
      const ids = await store.expiredFiles(before, SWEPT_AT_ONCE);
      if (ids.length === 0) return;
      for (const id of ids) await blobs.remove(id);
      await store.forgetFiles(ids, before);
    }
  }

  return { upload, links, record, read, attach, mustBeAvatar, sweep };
}

interface Taken {
  size: number;
  /** The first bytes, in pieces. */
  head: Uint8Array[];
}

interface Named {
  field: string;
  id: FileId;
  mustBe?: { type: string; allowed: string };
}

/** The files that a body names, that of the message first. */
function filesIn({ kind, body }: Content): Named[] {
  if (kind === 'image') {
    const thumb = body.thumb === undefined ? [] : [image('body.thumb', body.thumb)];
    return [image('body.file', body.file), ...thumb];
  }
  if (kind === 'voice') return [{ field: 'body.file', id: body.file, mustBe: MUST_BE.voice }];
  if (kind !== 'video' && kind !== 'file') return [];
  const main: Named = {
    field: 'body.file',
    id: body.file,
    ...(kind === 'video' && { mustBe: MUST_BE.video }),
  };
  return body.poster === undefined ? [main] : [main, image('body.poster', body.poster)];
}

const image = (field: string, id: FileId): Named => ({ field, id, mustBe: MUST_BE.image });

export const tooLarge = (most: number): Refusal =>
  new Refusal(ErrorCode.TOO_LARGE, `file: must have at most ${most} bytes`);

export const noFile = (field: string): Refusal =>
  new Refusal(ErrorCode.NOT_FOUND, `${field}: there is no such file that you may use`);

function gone(): never {
  throw new Refusal(ErrorCode.NOT_FOUND, 'There is no such file any more.');
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

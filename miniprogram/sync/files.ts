/**
 * Owns the addresses at which files can be read. They are the server's to give, signed, and expire: asked for when a
 * file is about to be shown, many at once, and again when they end. What this phone has sent is read from the phone.
 */
import type { Clock, Undo } from '../net/clock';
import type { FileId, FileLink, RoomId } from '../protocol/objects';
import type { Cache } from './cache';
import type { FileView, View } from './view';

export interface FilesPorts {
  view: View;
  clock: Clock;
  cache: Pick<Cache, 'read' | 'keep'>;
  /** Before what the server gives, which is a path. */
  serverUrl: string;
  get: (body: { files: FileId[]; room?: RoomId }) => Promise<{ files: FileLink[] }>;
}

export const MAX_FILES = 500;
const GATHER_MS = 30;
const PER_REQUEST = 50;
/** An address that ends sooner is not given out any more. */
const SPARE_MS = 60_000;
/** One that was refused is asked for again after this. */
const REFUSED_MS = 60_000;
const MAX_KEPT = 100;

export class Files {
  readonly #ports: FilesPorts;
  /** By room, since membership of it is what gives the right to read; '' for pictures of people. */
  #wanted = new Map<RoomId, Set<FileId>>();
  readonly #asked = new Set<FileId>();
  #timer: Undo | null = null;
  #live = false;

  constructor(ports: FilesPorts) {
    this.#ports = ports;
    const kept = ports.cache.read('files') as Record<FileId, FileView> | null;
    for (const [id, file] of Object.entries(kept ?? {})) if (this.#isGood(file)) this.#put(id, file);
  }

  /** These are about to be shown. */
  need(ids: readonly FileId[], room: RoomId = ''): void {
    for (const id of ids) {
      if (this.#asked.has(id) || this.#isGood(this.#ports.view.state.files[id])) continue;
      const wanted = this.#wanted.get(room) ?? new Set();
      this.#wanted.set(room, wanted.add(id));
    }
    if (this.#live && this.#wanted.size > 0)
      this.#timer ??= this.#ports.clock.after(GATHER_MS, () => this.#ask());
  }

  /** The file was sent from here, and is here still. */
  isHere(id: FileId, path: string): void {
    this.#put(id, { url: path, until: Infinity });
  }

  start(): void {
    this.#live = true;
    this.need([]);
  }

  stop(): void {
    this.#live = false;
    this.#timer?.();
    this.#timer = null;
  }

  #ask(): void {
    this.#timer = null;
    const wanted = this.#wanted;
    this.#wanted = new Map();
    for (const [room, ids] of wanted) {
      const all = [...ids];
      for (let start = 0; start < all.length; start += PER_REQUEST)
        this.#get(all.slice(start, start + PER_REQUEST), room);
    }
  }

  #get(files: FileId[], room: RoomId): void {
    const { clock, serverUrl, cache, view } = this.#ports;
    files.forEach((id) => this.#asked.add(id));
    const answered = (): void => files.forEach((id) => this.#asked.delete(id));
    this.#ports.get({ files, ...(room !== '' && { room }) }).then(
      (reply) => {
        answered();
        const found = new Map(reply.files.map((file) => [file.id, file]));
        for (const id of files) {
          const file = found.get(id);
          if (file) this.#put(id, { url: serverUrl + file.url, until: file.expiresAt });
          else this.#put(id, { url: '', until: clock.now() + SPARE_MS + REFUSED_MS });
        }
        cache.keep('files', () => Object.fromEntries(Object.entries(view.state.files).slice(-MAX_KEPT)));
      },
      answered, // Whoever shows them next asks again.
    );
  }

  #put(id: FileId, file: FileView): void {
    const { view } = this.#ports;
    view.remove('files', id);
    view.put('files', id, file);
    for (const oldest of Object.keys(view.state.files).slice(0, -MAX_FILES)) view.remove('files', oldest);
  }

  #isGood(file: FileView | undefined): boolean {
    return file !== undefined && file.until - SPARE_MS > this.#ports.clock.now();
  }
}

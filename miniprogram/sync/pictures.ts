/**
 * Owns where pictures can be loaded from: file id → address, signed by the server and good for a while. Asks for those
 * that are needed and not known, many at once; asks again before an address expires. Ids that the server does not know,
 * or does not show to this person, are asked once for each connection and have no address.
 */
import type { Clock, Undo } from '../net/clock';
import type { FileId, RoomId, Timestamp } from '../protocol/objects';
import type { View } from './view';

/** A file as the server tells it; `url` is a path on the server. */
export interface SignedFile {
  id: FileId;
  url: string;
  expiresAt: Timestamp;
}

export interface PicturesPorts {
  view: View;
  clock: Clock;
  /** Now by the server's clock, which `expiresAt` is of. */
  serverNow: () => Timestamp;
  get: (body: { files: FileId[]; room?: RoomId }) => Promise<{ files: readonly SignedFile[] }>;
  /** A whole address of a path on the server. */
  addressOf: (path: string) => string;
}

/** Beyond it those asked for first are forgotten; who shows them asks again. */
export const MAX_PICTURES = 500;
const PER_REQUEST = 50;
const GATHER_MS = 50;
/** So long before the end a new address is asked for. */
const AHEAD_MS = 60_000;
/** An address that ends sooner than it can be renewed is not worth a request every moment. */
const LEAST_MS = 30_000;

interface Known {
  /** The room in which it was seen: its members may read it. */
  room: RoomId | undefined;
  expiresAt: Timestamp;
}

export class Pictures {
  readonly #ports: PicturesPorts;
  readonly #known = new Map<FileId, Known>();
  /** Asked over this connection, with or without success. */
  readonly #asked = new Set<FileId>();
  readonly #wanted = new Map<FileId, RoomId | undefined>();
  #gathering: Undo | null = null;
  #renewal: Undo | null = null;
  #live = false;

  constructor(ports: PicturesPorts) {
    this.#ports = ports;
  }

  /** @param room where they were seen; none for the avatars of people */
  need(files: readonly (FileId | undefined)[], room?: RoomId): void {
    for (const file of files) {
      if (file === undefined || file === '' || this.#asked.has(file) || this.#isFresh(file)) continue;
      if (this.#wanted.size < MAX_PICTURES) this.#wanted.set(file, room);
    }
    if (this.#live && this.#wanted.size > 0)
      this.#gathering ??= this.#ports.clock.after(GATHER_MS, () => this.#ask());
  }

  start(): void {
    this.#live = true;
    this.#asked.clear();
    this.#renew();
  }

  stop(): void {
    this.#live = false;
    this.#gathering?.();
    this.#renewal?.();
    this.#gathering = null;
    this.#renewal = null;
  }

  #isFresh(file: FileId): boolean {
    const known = this.#known.get(file);
    return known !== undefined && known.expiresAt - AHEAD_MS > this.#ports.serverNow();
  }

  #ask(): void {
    this.#gathering = null;
    const byRoom = new Map<RoomId | undefined, FileId[]>();
    for (const [file, room] of this.#wanted) byRoom.set(room, [...(byRoom.get(room) ?? []), file]);
    this.#wanted.clear();
    for (const [room, files] of byRoom) {
      for (let start = 0; start < files.length; start += PER_REQUEST) {
        this.#askFor(files.slice(start, start + PER_REQUEST), room);
      }
    }
  }

  #askFor(files: FileId[], room: RoomId | undefined): void {
    files.forEach((file) => this.#asked.add(file));
    this.#ports.get({ files, ...(room !== undefined && { room }) }).then(
      (reply) => this.#told(reply.files, room),
      // Not known then; whoever shows them next asks again.
      () => files.forEach((file) => this.#asked.delete(file)),
    );
  }

  #told(files: readonly SignedFile[], room: RoomId | undefined): void {
    const { view, addressOf } = this.#ports;
    for (const { id, url, expiresAt } of files) {
      this.#asked.delete(id);
      this.#known.delete(id); // The newest last.
      this.#known.set(id, { room, expiresAt });
      const address = addressOf(url);
      if (view.state.pictures[id] !== address) view.put('pictures', id, address);
    }
    for (const id of [...this.#known.keys()].slice(0, -MAX_PICTURES)) {
      this.#known.delete(id);
      view.remove('pictures', id);
    }
    this.#setRenewal();
  }

  /** What is about to end is asked for again: it may be on the screen. */
  #renew(): void {
    this.#renewal = null;
    for (const [id, { room }] of this.#known) if (!this.#isFresh(id)) this.need([id], room);
    this.need([]);
    this.#setRenewal();
  }

  #setRenewal(): void {
    this.#renewal?.();
    this.#renewal = null;
    const ends = [...this.#known].filter(([id]) => this.#isFresh(id)).map(([, { expiresAt }]) => expiresAt);
    if (!this.#live || ends.length === 0) return;
    const soon = Math.min(...ends) - AHEAD_MS - this.#ports.serverNow();
    this.#renewal = this.#ports.clock.after(Math.max(soon, LEAST_MS), () => this.#renew());
  }
}

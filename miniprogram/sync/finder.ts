/**
 * Finds what is not on the screen: messages by their words, on the phone and on the server; the pinned ones of a room;
 * rooms that one may join. Owns nothing, and changes nothing but whose names are asked for.
 */
import type { Connection } from '../net/connection';
import type { HistoryBody, HistoryReply } from '../protocol/frames';
import type { Entry, RoomId, RoomSummary } from '../protocol/objects';
import { hitOf } from './hit';
import type { Hit } from './hit';
import { Pins } from './pins';
import type { PinsPorts } from './pins';
import type { Row } from './view';

/** A page of hits, and where to go on; there is no more without it. */
export interface Found {
  hits: Hit[];
  next?: string;
}

/** What is looked into: the rooms one is in, and what is held of each. */
export interface Held {
  rooms: { ids: RoomId[] };
  logs: { get(room: RoomId): PinsPorts['held'] };
  people: { need(lines: readonly Entry[]): void };
}

export class Finder {
  readonly #link: Pick<Connection, 'request'>;
  readonly #held: () => Held | null;

  /** @param held of whoever is signed in */
  constructor(link: Pick<Connection, 'request'>, held: () => Held | null) {
    this.#link = link;
    this.#held = held;
  }

  /** On the server, the newest first. A page may hold few hits, or none, though there is more: `next` goes on. */
  async search(query: string, more: { room?: RoomId; next?: string } = {}): Promise<Found> {
    const reply = await this.#link.request('message.search', { query, ...more });
    this.#held()?.people.need(reply.hits.map(({ entry }) => entry));
    const hits = reply.hits.flatMap(({ room, entry }) => hitOf(room, entry) ?? []);
    return { hits, ...(reply.more && reply.next !== undefined && { next: reply.next }) };
  }

  /** On this phone alone, in one room or in all, the newest first. */
  find(query: string, room?: RoomId): Hit[] {
    const held = this.#held();
    const ids = room === undefined ? (held?.rooms.ids ?? []) : [room];
    const hits = ids.flatMap((id) => findIn(id, held?.logs.get(id)?.rows() ?? [], query));
    return hits.sort((a, b) => b.ts - a.ts);
  }

  pins(room: RoomId): Pins {
    const get = (body: HistoryBody): Promise<HistoryReply> => this.#link.request('message.history', body);
    return new Pins({ room, get, held: this.#held()?.logs.get(room) ?? null });
  }

  async openRooms(): Promise<RoomSummary[]> {
    return (await this.#link.request('room.list', { scope: 'open' })).rooms;
  }
}

/** The newest first. Texts only: there is nothing else to read. A blank query finds nothing. */
export function findIn(room: RoomId, rows: readonly Row[], query: string): Hit[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  return rows
    .filter(({ kind, recalled }) => kind === 'text' && !recalled)
    .filter(({ body }) => String(body['text']).toLowerCase().includes(wanted))
    .flatMap((row) => hitOf(room, row) ?? [])
    .reverse();
}

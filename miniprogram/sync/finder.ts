/**
 * Finds what is not on the screen: messages by their words, on the phone and on the server; the pinned ones of a room;
 * rooms that one may join. Owns nothing, and changes nothing but whose names are asked for.
 */
import type { Connection } from '../net/connection';
import type { Entry, RoomId, RoomSummary, Seq, Timestamp, UserId } from '../protocol/objects';
import type { Row } from './view';

/** A message that was found; it is shown by its room and seq. */
export interface Hit {
  room: RoomId;
  seq: Seq;
  ts: Timestamp;
  from: UserId | '';
  kind: string;
  body: Record<string, unknown>;
}

/** A page of hits, and where to go on; there is no more without it. */
export interface Found {
  hits: Hit[];
  next?: string;
}

/** What is looked into: the rooms one is in, and what is held of each. */
export interface Held {
  rooms: { ids: RoomId[] };
  logs: { get(room: RoomId): { rows(): readonly Row[] } | null };
  people: { need(lines: readonly Entry[]): void };
}

/** Of one room; each that is not on the phone costs a request. */
const MOST_PINS = 10;

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

  /** As far as the room's log is on this phone; the newest pin first. */
  async pins(room: RoomId): Promise<Hit[]> {
    const rows = this.#held()?.logs.get(room)?.rows() ?? [];
    const found = pinnedIn(rows)
      .slice(0, MOST_PINS)
      .map(async (target) => {
        const held = rows.find(({ seq }) => seq === target);
        if (held) return hitOf(room, held);
        const page = await this.#link.request('message.history', { room, around: target, limit: 1 });
        const entry = page.entries.find(({ seq, recalled }) => seq === target && !recalled);
        return entry ? hitOf(room, entry) : null;
      });
    return (await Promise.all(found)).flatMap((hit) => hit ?? []);
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

/** Null for what is not sent yet. */
export function hitOf(room: RoomId, line: Row | Entry): Hit | null {
  const { seq, ts, from, kind } = line;
  return seq === undefined ? null : { room, seq, ts, from, kind, body: line.body as Record<string, unknown> };
}

/** The newest pin first. */
export function pinnedIn(rows: readonly Row[]): Seq[] {
  const pinned = new Set<Seq>();
  for (const { kind, body } of rows) {
    if (kind === 'sys' && body['action'] === 'pinned') pinned.add(Number(body['target']));
    if (kind === 'sys' && body['action'] === 'unpinned') pinned.delete(Number(body['target']));
  }
  const recalled = new Set(rows.filter((row) => row.recalled).map(({ seq }) => seq));
  return [...pinned].filter((seq) => !recalled.has(seq)).reverse();
}

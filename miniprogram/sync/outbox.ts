/**
 * Owns the messages that are not sent yet. Promises that each is stored before it is first sent, that it is sent
 * with the same cid however often and after whatever restart, that a room's messages go out in the order in which
 * they were written, one after the other, and that none is given up but by the server's final word or the person's.
 * The file of a picture is uploaded when its turn comes, once.
 */
import type { Clock, Undo } from '../net/clock';
import { ErrorCode, isRetryable } from '../protocol/errors';
import type { SendBody, SendReply } from '../protocol/frames';
import type { Cid, FileId, RoomId, Seq, Timestamp, UserId } from '../protocol/objects';
import { codeOf, reasonOf, retryAfterOf, untilOf } from './refusal';
import type { Storage } from './storage';
import { isLocal, loadUnsent, removeUnsent, storeUnsent, unsentRow } from './unsent';
import type { Draft, Unsent } from './unsent';
import type { Row } from './view';

export interface OutboxPorts {
  me: UserId;
  storage: Storage;
  clock: Clock;
  /** How long to wait before a send is tried again that has failed `attempts` times before. */
  pauseMs: (attempts: number) => number;
  send: (body: SendBody) => Promise<SendReply>;
  /** @param progress told now and then, 0–100 */
  upload: (path: string, progress: (percent: number) => void) => Promise<FileId>;
  changed: (room: RoomId) => void;
  /** The log holds `seq` already, or begins behind it: it will not arrive any more. */
  isPast: (room: RoomId, seq: Seq) => boolean;
}

/** What of one room is unsent, in order, and the one thing being done about it. */
interface Lane {
  items: Unsent[];
  state: { name: 'idle' } | { name: 'sending' } | { name: 'pausing'; undo: Undo };
}

/** Of all rooms. One more is refused: whoever wrote it still has the text. */
export const MAX_UNSENT = 200;

/** Per cent between two reports of an upload. */
const PROGRESS_STEP = 10;

class UploadLost extends Error {
  readonly code = ErrorCode.UNAVAILABLE;
}

class Dropped extends Error {}

export class OutboxFull extends Error {
  readonly code = ErrorCode.RATE_LIMITED;
}

export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #lanes = new Map<RoomId, Lane>();
  #lastPlace = 0;
  #live = false;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
    for (const item of loadUnsent(ports.storage, ports.me)) this.#push(item);
  }

  get rooms(): RoomId[] {
    return [...this.#lanes.keys()];
  }

  /** Unsent messages, failed ones too, of one room or of all. */
  count(room?: RoomId): number {
    return this.#items(room).filter(({ sent }) => !sent).length;
  }

  /** Of them, those that are not sent again until the person says so. */
  failed(room: RoomId): number {
    return this.#items(room).filter(({ failed }) => failed).length;
  }

  /** Whether something unsent would not survive a restart. */
  get isUnsafe(): boolean {
    return this.#items().some(({ stored, sent }) => !stored && !sent);
  }

  /** Lines for the end of the chat: those accepted and about to arrive, then the unsent, each in order. */
  rows(room: RoomId): Row[] {
    const items = this.#items(room);
    const rows = [...items.filter(({ sent }) => sent), ...items.filter(({ sent }) => !sent)];
    return rows.map(unsentRow);
  }

  /** Of files on this phone that are still needed. */
  get paths(): Set<string> {
    return new Set(this.#items().flatMap(({ draft }) => draft.local ?? []));
  }

  /** When the newest of the room was written; 0 where there is none. */
  newest(room: RoomId): Timestamp {
    return Math.max(0, ...this.#items(room).map(({ draft }) => draft.ts));
  }

  /** Stores it, then sends it as soon as it can be. Throws OutboxFull. */
  add(draft: Draft): void {
    if (this.count() >= MAX_UNSENT) throw new OutboxFull(`${MAX_UNSENT} messages wait to be sent already.`);
    this.#enqueue(draft);
  }

  /** A failed one goes behind those that wait. */
  resend(room: RoomId, cid: Cid): void {
    const item = this.#find(room, cid);
    if (!item?.failed) return;
    this.#take(item);
    this.#enqueue(item.draft);
  }

  /** Drops a failed one. */
  discard(room: RoomId, cid: Cid): void {
    const item = this.#find(room, cid);
    if (item?.failed) this.#remove(item);
  }

  /** One's own message has come back in the log: whatever became of the answer, it is sent. */
  arrived(room: RoomId, cid: Cid): void {
    const item = this.#find(room, cid);
    if (item) this.#remove(item);
  }

  /** The room's log is held anew, from its head on: what was accepted will not arrive any more, it is history. */
  restarted(room: RoomId): void {
    for (const item of this.#items(room)) if (item.sent) this.#remove(item);
  }

  /** One is no longer in the room. */
  dropRoom(room: RoomId): void {
    for (const item of this.#items(room)) this.#remove(item);
  }

  /** There is a connection. */
  start(): void {
    this.#live = true;
    for (const room of this.#lanes.keys()) this.#pump(room);
  }

  stop(): void {
    this.#live = false;
    for (const lane of this.#lanes.values()) {
      if (lane.state.name !== 'pausing') continue;
      lane.state.undo();
      lane.state = { name: 'idle' };
    }
  }

  clear(): void {
    this.stop();
    for (const item of this.#items()) removeUnsent(this.#ports.storage, item);
    this.#lanes.clear();
  }

  #pump(room: RoomId): void {
    const lane = this.#lanes.get(room);
    const next = lane?.items.find(({ sent, failed }) => !sent && !failed);
    if (!this.#live || !lane || !next || lane.state.name !== 'idle') return;
    lane.state = { name: 'sending' };
    this.#send(next).then(
      (reply) => this.#answered(lane, next, () => this.#accepted(next, reply)),
      (error: unknown) => this.#answered(lane, next, () => this.#refused(lane, next, error)),
    );
  }

  async #send(item: Unsent): Promise<SendReply> {
    if (isLocal(item.draft)) await this.#upload(item);
    // Somebody else may be signed in by now.
    if (!this.#items(item.draft.room).includes(item)) throw new Dropped('Nobody wants it sent any more.');
    const { ts: _t, local: _l, ...body } = item.draft;
    return this.#ports.send(body);
  }

  async #upload(item: Unsent): Promise<void> {
    const { local = '', body, room } = item.draft;
    const told = (percent: number): void => {
      if (item.progress !== undefined && percent < 100 && percent - item.progress < PROGRESS_STEP) return;
      item.progress = percent;
      this.#ports.changed(room);
    };
    told(0);
    const file = await this.#ports.upload(local, told).catch((error: unknown) => {
      // Nothing came back though there is a connection: another try is due, not the next connection.
      throw codeOf(error) === 'OFFLINE' && this.#live ? new UploadLost('No answer.') : error;
    });
    item.draft = { ...item.draft, body: { ...body, file } } as Draft;
    if (this.#items(room).includes(item)) storeUnsent(this.#ports.storage, item);
  }

  /** It may have come back in the log, or been dropped, before its answer. */
  #answered(lane: Lane, item: Unsent, settle: () => void): void {
    lane.state = { name: 'idle' };
    if (lane.items.includes(item)) settle();
    else this.#pump(item.draft.room);
  }

  #accepted(item: Unsent, { seq, ts }: SendReply): void {
    // Sent before, by an app that did not hear of it: it is history.
    if (this.#ports.isPast(item.draft.room, seq)) return this.#remove(item);
    item.sent = { seq, ts };
    this.#forget(item);
    this.#tell(item.draft.room);
  }

  #refused(lane: Lane, item: Unsent, error: unknown): void {
    const code = codeOf(error);
    const retryAfterMs = retryAfterOf(error);
    if (code === 'OFFLINE') return; // `start` comes with the next connection.
    // An unauthorized socket is about to be closed and replaced.
    if (isRetryable(code) || code === ErrorCode.UNAUTHORIZED) {
      const pauseMs = Math.max(this.#ports.pauseMs(item.attempts), retryAfterMs ?? 0);
      item.attempts += 1;
      return this.#pause(lane, item.draft.room, pauseMs);
    }
    const until = untilOf(error) ?? (retryAfterMs && this.#ports.clock.now() + retryAfterMs);
    const reason = reasonOf(error);
    item.failed = { code, ...(until && { retryAt: until }), ...(reason && { reason }) };
    storeUnsent(this.#ports.storage, item);
    this.#tell(item.draft.room);
  }

  #pause(lane: Lane, room: RoomId, ms: number): void {
    if (!this.#live) return;
    const undo = this.#ports.clock.after(ms, () => {
      lane.state = { name: 'idle' };
      this.#pump(room);
    });
    lane.state = { name: 'pausing', undo };
  }

  #enqueue(draft: Draft): void {
    const place = this.#lastPlace + 1;
    const item: Unsent = { from: this.#ports.me, draft, place, stored: false, attempts: 0 };
    this.#push(item);
    storeUnsent(this.#ports.storage, item);
    this.#tell(draft.room);
  }

  #push(item: Unsent): void {
    const { room } = item.draft;
    const lane = this.#lanes.get(room) ?? { items: [], state: { name: 'idle' } };
    lane.items.push(item);
    this.#lanes.set(room, lane);
    this.#lastPlace = Math.max(this.#lastPlace, item.place);
  }

  #remove(item: Unsent): void {
    this.#take(item);
    this.#forget(item);
    this.#tell(item.draft.room);
  }

  #take(item: Unsent): void {
    const { room } = item.draft;
    const lane = this.#lanes.get(room);
    if (!lane) return;
    lane.items = lane.items.filter((other) => other !== item);
    if (lane.items.length === 0 && lane.state.name === 'idle') this.#lanes.delete(room);
  }

  /** Out of storage. That makes room, so those that found none get another chance. */
  #forget(item: Unsent): void {
    removeUnsent(this.#ports.storage, item);
    const homeless = this.#items().filter(({ stored, sent }) => !stored && !sent);
    for (const other of homeless) storeUnsent(this.#ports.storage, other);
  }

  #tell(room: RoomId): void {
    this.#pump(room);
    this.#ports.changed(room);
  }

  #find(room: RoomId, cid: Cid): Unsent | undefined {
    return this.#items(room).find(({ draft }) => draft.cid === cid);
  }

  #items(room?: RoomId): Unsent[] {
    if (room !== undefined) return this.#lanes.get(room)?.items ?? [];
    return [...this.#lanes.values()].flatMap(({ items }) => items);
  }
}

/**
 * A small server that keeps the wire contract, in this process and on the test's clock: gapless logs, one entry for
 * a cid, catch-up from cursors, pages, unread counts, logins with rotation. For tests of the client; every frame
 * takes `latencyMs` either way. What it can be told to do wrong is in `faults`.
 */
import type { ErrorBody } from '../../miniprogram/protocol/errors.ts';
import type {
  HelloBody,
  HistoryBody,
  HistoryReply,
  Pushes,
  Request,
  SendBody,
} from '../../miniprogram/protocol/frames.ts';
import { CATCH_UP_ENTRIES, DEFAULT_LIMITS, HEARTBEAT_MS } from '../../miniprogram/protocol/limits.ts';
import type { Entry, Reaction, RoomSummary, User } from '../../miniprogram/protocol/objects.ts';
import { FakeLogins } from './fake-logins.ts';
import type { HttpCall, Network, Wire, WireEvents } from './fake-wx.ts';
import type { ManualClock } from './manual-clock.ts';

export interface FakeRoom {
  id: string;
  kind: 'direct' | 'group';
  name: string;
  log: Entry[];
  /** The first seq that is kept: what came before is gone. */
  begins: number;
  members: Set<string>;
  reads: Map<string, number>;
}

interface Peer {
  user: User | null;
  send(frame: object): void;
  close(code: number, reason: string): void;
}

export class FakeServer implements Network {
  latencyMs = 10;
  epoch = 'epoch-1';
  limits = { ...DEFAULT_LIMITS };
  readonly rooms = new Map<string, FakeRoom>();
  readonly logins: FakeLogins;
  /** Every request that arrived, in order, with the user. */
  readonly heard: { user: string; op: string; body: Record<string, unknown> }[] = [];
  readonly peers = new Set<Peer>();
  readonly faults = {
    /** Stores so many sends, then breaks the socket instead of answering. */
    breakAfterStore: 0,
    /** Answers so many requests of an op with an error. */
    refuse: new Map<string, { times: number; error: ErrorBody }>(),
    /** Takes frames and says nothing. */
    mute: false,
    /** Ops that get no answer. */
    ignore: new Set<string>(),
    /** Does not hand out so many new entries, as no server should. */
    losePushes: 0,
  };
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.logins = new FakeLogins(clock);
  }

  room(id: string, names: string[], kind: FakeRoom['kind'] = 'group'): FakeRoom {
    const members = new Set(names.map((name) => this.logins.user(name).id));
    const room: FakeRoom = { id, kind, name: id, log: [], begins: 1, members, reads: new Map() };
    this.rooms.set(id, room);
    return room;
  }

  /** Somebody who has no phone here says something. */
  say(room: string, name: string, text: string): Entry {
    return this.append(room, { from: this.logins.user(name).id, kind: 'text', body: { text } });
  }

  /** Writes to the log and tells everybody who is there. */
  append(id: string, draft: Partial<Entry> & Pick<Entry, 'from' | 'kind'>): Entry {
    const room = this.rooms.get(id)!;
    const entry = { body: {}, ...draft, seq: room.log.length + 1, ts: this.#clock.now() } as Entry;
    room.log.push(entry);
    const target = room.log[(entry.target ?? 0) - 1];
    if (entry.kind === 'recall' && target) {
      room.log[target.seq - 1] = { ...target, body: {}, recalled: true } as Entry;
    }
    if (entry.kind === 'edit' && target) {
      room.log[target.seq - 1] = { ...target, body: { text: entry.body.text }, edited: entry.ts } as Entry;
    }
    if (this.faults.losePushes > 0) this.faults.losePushes -= 1;
    else this.push(room.members, 'entries', { room: id, entries: [entry] });
    return entry;
  }

  push<P extends keyof Pushes>(users: Iterable<string>, op: P, body: Pushes[P]): void {
    const wanted = new Set(users);
    for (const peer of this.peers) if (peer.user && wanted.has(peer.user.id)) peer.send({ op, body });
  }

  /** Ends the sockets of a person, or of all. */
  close(code: number, reason: string, name?: string): void {
    const user = name === undefined ? null : this.logins.user(name).id;
    for (const peer of [...this.peers]) if (user === null || peer.user?.id === user) peer.close(code, reason);
  }

  connect(_url: string, events: WireEvents): Wire {
    let isOpen = true;
    const later = (run: () => void): void => void this.#clock.after(this.latencyMs, () => isOpen && run());
    const peer: Peer = {
      user: null,
      send: (frame) => {
        const text = JSON.stringify(frame);
        later(() => events.received(text));
      },
      close: (code, reason) => {
        this.peers.delete(peer);
        later(() => {
          isOpen = false;
          events.closed(code, reason);
        });
      },
    };
    this.peers.add(peer);
    later(() => events.opened());
    return {
      send: (text) => later(() => this.#hear(peer, JSON.parse(text) as Request)),
      close: () => {
        isOpen = false;
        this.peers.delete(peer);
      },
    };
  }

  async fetch(call: HttpCall): Promise<{ status: number; body: unknown }> {
    await new Promise<void>((resolve) => void this.#clock.after(this.latencyMs, resolve));
    return this.logins.answer(call);
  }

  #hear(peer: Peer, request: Request): void {
    if (!this.peers.has(peer) || this.faults.mute) return;
    this.heard.push({
      user: peer.user?.name ?? '',
      op: request.op,
      body: request.body as Record<string, unknown>,
    });
    const refusal = this.faults.refuse.get(request.op);
    if (refusal && refusal.times > 0) {
      refusal.times -= 1;
      return peer.send({ id: request.id, ok: false, error: refusal.error });
    }
    if (this.faults.ignore.has(request.op)) return;
    if (request.op === 'session.hello') return this.#greet(peer, request.id, request.body);
    if (!peer.user) return peer.close(4400, 'hello first');
    if (request.op === 'room.typing') return;
    const answer = this.#answer(peer.user, request);
    if (request.op === 'message.send' && this.faults.breakAfterStore > 0) {
      this.faults.breakAfterStore -= 1;
      return peer.close(1006, '');
    }
    if ('error' in answer) peer.send({ id: request.id, ok: false, error: answer.error });
    else peer.send({ id: request.id, ok: true, body: answer });
  }

  #greet(peer: Peer, id: number, { token, epoch, cursors = {} }: HelloBody): void {
    const login = this.logins.verify(token);
    if (!login) {
      peer.send({ id, ok: false, error: { code: 'UNAUTHORIZED', message: 'The token has expired.' } });
      return peer.close(4401, 'unauthorized');
    }
    const { user, expiresAt } = login;
    peer.user = user;
    const missed: Pushes['entries'][] = [];
    const rooms = this.#mine(user).map((room): RoomSummary => {
      const summary = this.summary(room, user);
      const cursor = cursors[room.id];
      if (cursor === undefined) return summary;
      if (epoch !== this.epoch || cursor > room.log.length) return { ...summary, reset: true };
      const entries = room.log.slice(cursor);
      if (entries.length > CATCH_UP_ENTRIES) return { ...summary, behind: true };
      if (entries.length > 0) missed.push({ room: room.id, entries });
      return summary;
    });
    const body = {
      user,
      epoch: this.epoch,
      heartbeatMs: HEARTBEAT_MS,
      limits: this.limits,
      rooms,
      expiresAt,
    };
    peer.send({ id, ok: true, body: { ...body, serverTime: this.#clock.now() } });
    for (const entries of missed) peer.send({ op: 'entries', body: entries });
  }

  summary(room: FakeRoom, user: User): RoomSummary {
    const read = room.reads.get(user.id) ?? 0;
    const counted = room.log.slice(read).filter(({ from, kind }) => from !== user.id && kind === 'text');
    const last = room.log.findLast(({ kind }) => kind === 'text' || kind === 'sys');
    const peer = [...room.members].find((id) => id !== user.id);
    return {
      id: room.id,
      kind: room.kind,
      name: room.name,
      head: room.log.length,
      role: 'member',
      read,
      unread: counted.length,
      members: room.members.size,
      ...(last && { last }),
      ...(room.kind === 'direct' && peer !== undefined && { peer: this.logins.byId(peer)! }),
    };
  }

  #mine(user: User): FakeRoom[] {
    return [...this.rooms.values()].filter(({ members }) => members.has(user.id));
  }

  #answer(user: User, request: Request): object {
    const { op, body } = request;
    const error = (code: ErrorBody['code']): { error: ErrorBody } => ({ error: { code, message: code } });
    if (op === 'session.ping') return { serverTime: this.#clock.now() };
    if (op === 'session.renew') return { expiresAt: this.logins.verify(body.token)?.expiresAt ?? 0 };
    if (op === 'room.list') return { rooms: this.#mine(user).map((room) => this.summary(room, user)) };
    if ((op as string) === 'file.get') return this.#locate(body as { files?: string[] });
    if (op === 'user.get') return { users: body.users.flatMap((id) => this.logins.byId(id) ?? []) };
    const room = 'room' in body && body.room !== undefined ? this.rooms.get(body.room) : undefined;
    if (!room?.members.has(user.id)) return error('NOT_FOUND');
    switch (op) {
      case 'message.send':
        return this.#send(user, room, body);
      case 'message.history':
        return this.#history(user, room, body);
      case 'message.recall':
        return this.#change(user, room, { kind: 'recall', target: body.target, cid: body.cid });
      case 'message.edit': {
        const { target, cid, text } = body;
        return this.#change(user, room, { kind: 'edit', target, cid, body: { text } });
      }
      case 'message.react': {
        const { target, cid, emoji, on } = body;
        return this.#change(user, room, { kind: 'react', target, cid, body: { emoji, on } });
      }
      case 'message.report':
        return {};
      case 'room.read':
        room.reads.set(user.id, Math.max(body.seq, room.reads.get(user.id) ?? 0));
        this.push(room.members, 'read', { room: room.id, user: user.id, seq: body.seq });
        return {};
      case 'room.leave':
        room.members.delete(user.id);
        return {};
      case 'room.prefs':
        return {};
      default:
        return error('BAD_REQUEST');
    }
  }

  #send(user: User, room: FakeRoom, { room: _, ...draft }: SendBody): object {
    const first = room.log.find(({ from, cid }) => from === user.id && cid === draft.cid);
    if (first) return { seq: first.seq, ts: first.ts, repeated: true };
    const { seq, ts } = this.append(room.id, { from: user.id, ...draft });
    return { seq, ts };
  }

  #change(user: User, room: FakeRoom, draft: Partial<Entry> & Pick<Entry, 'kind'>): object {
    return { seq: this.append(room.id, { ...draft, from: user.id }).seq };
  }

  /** Files whose name begins with `f_` are there, for everybody. */
  #locate({ files = [] }: { files?: string[] }): object {
    const expiresAt = this.#clock.now() + 3_600_000;
    const there = files.filter((id) => id.startsWith('f_'));
    return { files: there.map((id) => ({ id, url: `/v1/files/${id}?sig=1`, expiresAt })) };
  }

  #history(user: User, { log, begins }: FakeRoom, asked: HistoryBody): HistoryReply {
    const { before, after, around, limit = 100 } = asked;
    const most = Math.min(limit, this.limits.page);
    const above = around === undefined ? before : Math.max(most, around + Math.ceil(most / 2)) + 1;
    const end = Math.min((above ?? log.length + 1) - 1, log.length);
    const from = Math.max(begins - 1, after ?? end - most);
    const to = after === undefined ? end : after + most;
    const entries = log.slice(from, to);
    const isBelow = after !== undefined || around !== undefined;
    const more = (after === undefined && from >= begins) || (isBelow && to < log.length);
    const reacts = log.filter(({ kind }) => kind === 'react');
    const reactions = entries.flatMap(({ seq }) => reactionsTo(seq, reacts, user.id));
    return { entries, head: log.length, more, reactions, ...(begins > 1 && { begins }) };
  }
}

function reactionsTo(target: number, log: readonly Entry[], me: string): Reaction[] {
  const by = new Map<string, Set<string>>();
  for (const entry of log) {
    if (entry.kind !== 'react' || entry.target !== target) continue;
    const users = by.get(entry.body.emoji) ?? new Set<string>();
    if (entry.body.on) users.add(entry.from);
    else users.delete(entry.from);
    by.set(entry.body.emoji, users);
  }
  return [...by]
    .filter(([, { size }]) => size > 0)
    .map(([emoji, users]) => ({
      target,
      emoji,
      count: users.size,
      ...(users.has(me) && { mine: true as const }),
    }));
}

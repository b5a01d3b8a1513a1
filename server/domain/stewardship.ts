/** What moderators do to rooms and to messages: make, rename, slow, close, fill and empty rooms, take messages back. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { CreateBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { Role, RoomId, Seq, SysBody, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { isContent } from './access.ts';
import type { Expulsion } from './expulsion.ts';
import type { Log } from './log.ts';
import { carryOut, type Done, mustBeRoom, mustBeUser, type Order, recordOf } from './order.ts';
import type { AuditRecord, Bus, Change, Clock, NewId, RoomFacts, Store } from './ports.ts';
import { userSubject } from './subjects.ts';

export interface NewRoomOrder {
  kind: CreateBody['kind'];
  name: string;
  open: boolean;
  /** Absent: the room has no owner, and moderators alone keep it. */
  owner?: UserId;
  members: UserId[];
}

export interface Stewardship {
  create(order: Order, room: NewRoomOrder): Promise<Done>;
  rename(order: Order, room: RoomId, name: string): Promise<Done>;
  slow(order: Order, room: RoomId, seconds: number): Promise<Done>;
  close(order: Order, room: RoomId): Promise<Done>;
  add(order: Order, room: RoomId, users: UserId[]): Promise<Done>;
  role(order: Order, room: RoomId, to: { user: UserId; role: Role }): Promise<Done>;
  remove(order: Order, room: RoomId, user: UserId): Promise<Done>;
  /** All of them or, where one cannot be recalled, none. */
  recall(order: Order, room: RoomId, targets: Seq[]): Promise<Done[]>;
}

export interface StewardshipDeps {
  store: Store;
  log: Pick<Log, 'append'>;
  expulsion: Expulsion;
  bus: Pick<Bus, 'publish'>;
  clock: Pick<Clock, 'now'>;
  newId: NewId;
  limits: Limits;
}

export function createStewardship(deps: StewardshipDeps): Stewardship {
  const { store, log, expulsion, bus, clock, newId, limits } = deps;

  function announce(room: RoomId, users: UserId[]): void {
    for (const user of users) bus.publish(userSubject(user), { type: 'room', user, room });
  }

  async function mustBeOpen(id: RoomId): Promise<RoomFacts> {
    const room = await mustBeRoom(store, id);
    if (room.kind === 'direct')
      throw new Refusal(ErrorCode.BAD_REQUEST, 'room: this is the direct room of two');
    if (room.closed) throw new Refusal(ErrorCode.CLOSED, 'room: it is closed');
    return room;
  }

  /** The server's own notice, with what becomes true by it and the record of who ordered it. */
  async function enter(
    room: RoomId,
    body: SysBody,
    more: { change: Change; audit: AuditRecord },
  ): Promise<void> {
    const [placed] = await Promise.all([
      log.append(room, { from: '', ts: clock.now(), kind: 'sys', body, ...more }),
    ]);
    if ('refused' in placed) throw refusalOf(placed.refused, limits);
  }

  async function create(order: Order, wanted: NewRoomOrder): Promise<Done> {
    const { kind, name, owner } = wanted;
    const users = [...new Set([...(owner === undefined ? [] : [owner]), ...wanted.members])];
    for (const user of users) await mustBeUser(store, user);
    const open = wanted.open || kind === 'live';
    const id = newId();
    const after = { kind, name, open, members: users };
    return carryOut(order, clock, {
      act: 'room.create',
      target: id,
      room: id,
      before: null,
      after,
      run: async (audit) => {
        const body: SysBody = { action: 'created', name, users };
        const members = users.map((user) => ({ user, role: user === owner ? 'owner' : 'member' }) as const);
        const first = { from: '', ts: clock.now(), kind: 'sys', body, audit } as const;
        await store.createRoom({ id, kind, name, open, members, first });
        announce(id, users);
      },
    });
  }

  async function rename(order: Order, id: RoomId, name: string): Promise<Done> {
    const { name: before } = await mustBeOpen(id);
    return carryOut(order, clock, {
      act: 'room.rename',
      target: id,
      room: id,
      before: { name: before },
      after: { name },
      run: (audit) => enter(id, { action: 'renamed', name }, { change: { type: 'rename', name }, audit }),
    });
  }

  async function slow(order: Order, id: RoomId, seconds: number): Promise<Done> {
    const { slowSeconds } = await mustBeOpen(id);
    return carryOut(order, clock, {
      act: 'room.slow',
      target: id,
      room: id,
      before: { seconds: slowSeconds },
      after: { seconds },
      run: (audit) => enter(id, { action: 'slow', seconds }, { change: { type: 'slow', seconds }, audit }),
    });
  }

  async function close(order: Order, id: RoomId): Promise<Done> {
    await mustBeOpen(id);
    return carryOut(order, clock, {
      act: 'room.close',
      target: id,
      room: id,
      before: { closed: false },
      after: { closed: true },
      run: (audit) => enter(id, { action: 'closed' }, { change: { type: 'close' }, audit }),
    });
  }

  async function add(order: Order, id: RoomId, asked: UserId[]): Promise<Done> {
    const room = await mustBeOpen(id);
    for (const user of asked) await mustBeUser(store, user);
    const standing = await store.sanctions(asked, clock.now());
    const banned = standing.find(({ kind, room: where }) => kind === 'ban' && where === id);
    if (banned) throw new Refusal(ErrorCode.FORBIDDEN, `users: ${banned.user} is banned from this room`);
    const known = await Promise.all(asked.map((user) => store.member(id, user)));
    const users = [...new Set(asked.filter((_, i) => known[i] === null))];
    if (users.length === 0) throw new Refusal(ErrorCode.CONFLICT, 'users: all of them are members already');
    const join = { type: 'join', users, role: 'member' } as const;
    const change = room.open ? join : { ...join, limit: limits.members };
    return carryOut(order, clock, {
      act: 'room.add',
      target: id,
      room: id,
      before: { members: room.members },
      after: { members: room.members + users.length, users },
      run: async (audit) => {
        await enter(id, { action: 'invited', users }, { change, audit });
        announce(id, users);
      },
    });
  }

  async function role(order: Order, id: RoomId, to: { user: UserId; role: Role }): Promise<Done> {
    await mustBeOpen(id);
    const member = await store.member(id, to.user);
    if (!member) throw new Refusal(ErrorCode.NOT_FOUND, 'user: is not a member of this room');
    return carryOut(order, clock, {
      act: 'room.role',
      target: to.user,
      room: id,
      before: { role: member.role },
      after: { role: to.role },
      run: (audit) => enter(id, { action: 'role', ...to }, { change: { type: 'role', ...to }, audit }),
    });
  }

  async function remove(order: Order, id: RoomId, user: UserId): Promise<Done> {
    await mustBeOpen(id);
    const member = await store.member(id, user);
    if (!member) throw new Refusal(ErrorCode.NOT_FOUND, 'user: is not a member of this room');
    return carryOut(order, clock, {
      act: 'room.remove',
      target: user,
      room: id,
      before: { role: member.role },
      after: null,
      run: (audit) => expulsion.expel(id, user, member, audit),
    });
  }

  async function recall(order: Order, id: RoomId, targets: Seq[]): Promise<Done[]> {
    await mustBeRoom(store, id);
    const seqs = [...new Set(targets)];
    const entries = await Promise.all(seqs.map((seq) => store.entry(id, seq)));
    const plans = seqs.map((seq, i) => {
      const entry = entries[i];
      if (!entry) throw new Refusal(ErrorCode.NOT_FOUND, `seqs: there is no message ${seq} in this room`);
      if (!isContent(entry))
        throw new Refusal(ErrorCode.BAD_REQUEST, `seqs: entry ${seq} is no message (it is ${entry.kind})`);
      if (entry.recalled) throw new Refusal(ErrorCode.CONFLICT, `seqs: message ${seq} was recalled before`);
      // What was said is erased for good; the log keeps who had said it, and when.
      const before = { from: entry.from, ts: entry.ts, kind: entry.kind };
      const what = {
        act: 'message.recall',
        target: `${id}/${seq}`,
        room: id,
        before,
        after: { recalled: true },
      };
      return { seq, what };
    });
    if (!order.dryRun) {
      const ts = clock.now();
      // In one turn, so that they share a batch.
      await Promise.all(
        plans.map(({ seq: target, what }) =>
          log.append(id, {
            from: '',
            ts,
            kind: 'recall',
            body: {},
            target,
            change: { type: 'recall', target },
            audit: recordOf(order, clock, what),
          }),
        ),
      );
    }
    return plans.map(({ what }) => ({ ...what, done: !order.dryRun }));
  }

  return { create, rename, slow, close, add, role, remove, recall };
}

function refusalOf(why: string, limits: Limits): Refusal {
  if (why === 'full') {
    return new Refusal(
      ErrorCode.CONFLICT,
      `users: a room that is not open has at most ${limits.members} members`,
    );
  }
  return new Refusal(ErrorCode.CONFLICT, 'room: it has changed meanwhile; look and try again');
}

/** Rooms and who is in them: making, opening, joining, leaving, listing. What a room's keepers do is in keeping.ts. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { CreateBody, RequestBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { Member, RoomId, RoomSummary, SysBody, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { noSuchRoom } from './access.ts';
import type { CheckName } from './content-check.ts';
import type { Log } from './log.ts';
import type { Actor } from './messages.ts';
import type { Bus, Clock, Draft, LogStore, NewId, Preferences, RoomStore, UserStore } from './ports.ts';
import { mustNotBeBannedFrom, type Sanctions } from './sanctions.ts';
import type { Seen } from './seen.ts';
import { roomSubject, userSubject } from './subjects.ts';

export interface Rooms {
  mine(user: UserId): Promise<RoomSummary[]>;
  open(user: UserId): Promise<RoomSummary[]>;
  create(user: UserId, body: CreateBody): Promise<RoomSummary>;
  /** The direct room of the two, made if need be. */
  direct(user: UserId, peer: UserId): Promise<RoomSummary>;
  join(user: UserId, room: RoomId): Promise<RoomSummary>;
  leave(actor: Actor): Promise<void>;
  members(body: RequestBody<'room.members'>): Promise<{ members: Member[]; more: boolean }>;
  read(actor: Actor, seq: number): Promise<void>;
  typing(actor: Actor): void;
  prefer(actor: Actor, preferences: Preferences): Promise<void>;
  /** The public room that everybody who logs in joins; made where there is none yet. */
  openLobby(): Promise<RoomId>;
  /** Brings a newcomer into the lobby. Once in the life of an account: who leaves it has left it. */
  welcome(user: UserId): Promise<void>;
}

export interface RoomsDeps {
  log: Log;
  store: RoomStore & UserStore & Pick<LogStore, 'entry'>;
  /** Rooms and members as people see them. */
  seen: Seen;
  sanctions: Pick<Sanctions, 'look'>;
  bus: Bus;
  clock: Clock;
  newId: NewId;
  /** Always the same id for the same words. */
  idFrom: (...words: string[]) => RoomId;
  limits: Limits;
  checkName: CheckName;
}

const LOBBY = { key: 'lobby', name: '大厅' };
const STAYS_OUT: ReadonlySet<string> = new Set([ErrorCode.NOT_FOUND, ErrorCode.FORBIDDEN, ErrorCode.BANNED]);
const OPEN_ROOMS_LISTED = 100;
const MEMBERS_PAGE = 100;

export function createRooms(deps: RoomsDeps): Rooms {
  const { log, store, seen, sanctions, bus, clock, newId, idFrom, limits, checkName } = deps;

  /** Tells all devices of the users that they see the room now, or see it differently. */
  function announce(room: RoomId, users: UserId[]): void {
    for (const user of users) bus.publish(userSubject(user), { type: 'room', user, room });
  }

  async function summary(room: RoomId, user: UserId): Promise<RoomSummary> {
    const found = await seen.summary(room, user);
    if (!found) throw noSuchRoom();
    return found;
  }

  async function mustExist(field: string, ids: UserId[]): Promise<void> {
    const known = new Set((await store.users(ids)).map(({ id }) => id));
    const unknown = ids.find((id) => !known.has(id));
    if (unknown !== undefined)
      throw new Refusal(ErrorCode.NOT_FOUND, `${field}: there is no user ${unknown}`);
  }

  async function create(
    user: UserId,
    { kind, cid, name: asked = '', members = [], open }: CreateBody,
  ): Promise<RoomSummary> {
    const wanted = cid === undefined ? newId() : idFrom('room', user, cid);
    const before = cid === undefined ? null : await seen.summary(wanted, user);
    if (before) return before;
    const others = [...new Set(members)].filter((id) => id !== user);
    const isOpen = open === true || kind === 'live';
    if (!isOpen && others.length + 1 > limits.members) {
      throw new Refusal(
        ErrorCode.TOO_LARGE,
        `members: at most ${limits.members} with you in a room that is not open`,
      );
    }
    await mustExist('members', others);
    const name = await checkName('name', { user, text: asked, scene: 'message' });
    const users = [user, ...others];
    const { id, created } = await store.createRoom({
      id: wanted,
      kind,
      name,
      open: isOpen,
      members: users.map((member) => ({ user: member, role: member === user ? 'owner' : 'member' })),
      first: { from: user, ts: clock.now(), kind: 'sys', body: { action: 'created', name, users } },
    });
    if (created) announce(id, users);
    return summary(id, user);
  }

  async function direct(user: UserId, peer: UserId): Promise<RoomSummary> {
    if (peer === user) throw new Refusal(ErrorCode.BAD_REQUEST, 'user: must be somebody else');
    await mustExist('user', [peer]);
    const pair: [UserId, UserId] = [user, peer];
    const { id, created } = await store.createRoom({
      id: newId(),
      kind: 'direct',
      name: '',
      open: false,
      pair,
      members: pair.map((member) => ({ user: member, role: 'member' })),
      first: { from: user, ts: clock.now(), kind: 'sys', body: { action: 'created', users: pair } },
    });
    if (created) announce(id, pair);
    return summary(id, user);
  }

  async function join(user: UserId, id: RoomId): Promise<RoomSummary> {
    const already = await seen.summary(id, user);
    if (already) return already;
    const room = await store.room(id);
    if (!room?.open || room.closed) throw noSuchRoom();
    mustNotBeBannedFrom(id, await sanctions.look(user), clock.now());
    const placed = await log.append(id, {
      from: user,
      ts: clock.now(),
      kind: 'sys',
      body: { action: 'joined', user },
      change: { type: 'join', users: [user], role: 'member' },
    });
    // Already a member: another device of the same person was faster.
    if ('refused' in placed && placed.refused !== 'already-member') throw noSuchRoom();
    announce(id, [user]);
    return summary(id, user);
  }

  async function leave({ user, room, member }: Actor): Promise<void> {
    if (room.kind === 'direct') {
      throw new Refusal(ErrorCode.BAD_REQUEST, 'room: a direct room cannot be left; hide it with room.prefs');
    }
    const notice = { from: user, ts: clock.now(), kind: 'sys' } as const;
    const left: Draft = { ...notice, body: { action: 'left', user }, change: { type: 'leave', user } };
    const heir = member.role === 'owner' ? await store.heir(room.id, user) : null;
    // In one batch and the heir first, so the room has an owner at every moment; where another device has left
    // already, both are refused.
    const handOver = heir === null ? [] : [{ ...notice, ...ownership(heir) }];
    await Promise.all([...handOver, left].map((draft) => log.append(room.id, draft)));
  }

  function members({
    room,
    after,
    limit = MEMBERS_PAGE,
  }: RequestBody<'room.members'>): ReturnType<Rooms['members']> {
    const page = { limit: Math.min(limit, MEMBERS_PAGE) };
    return seen.members(room, after === undefined ? page : { ...page, after });
  }

  async function read({ user, room }: Actor, seq: number): Promise<void> {
    if (!(await store.entry(room.id, seq))) {
      throw new Refusal(ErrorCode.BAD_REQUEST, `seq: there is no entry ${seq} in this room yet`);
    }
    const moved = await store.markRead(room.id, user, seq);
    const isSeenByOthers = room.kind === 'direct' || room.kind === 'group';
    if (moved === null || !isSeenByOthers) return;
    bus.publish(roomSubject(room.id), { type: 'read', room: room.id, user, seq: moved });
  }

  function typing({ user, room }: Actor): void {
    bus.publish(roomSubject(room.id), { type: 'typing', room: room.id, user });
  }

  async function prefer({ user, room }: Actor, preferences: Preferences): Promise<void> {
    await store.prefer(room.id, user, preferences);
    announce(room.id, [user]);
  }

  async function openLobby(): Promise<RoomId> {
    // The name is given first: of several nodes that start at once one wins, and all make the same room.
    const id = (await store.namedRoom(LOBBY.key)) ?? (await store.nameRoom(LOBBY.key, newId()));
    const body: SysBody = { action: 'created', name: LOBBY.name, users: [] };
    const first: Draft = { from: '', ts: clock.now(), kind: 'sys', body };
    await store.createRoom({ id, kind: 'group', name: LOBBY.name, open: true, members: [], first });
    return id;
  }

  async function welcome(user: UserId): Promise<void> {
    if (await store.welcomed(user)) return;
    try {
      await join(user, await openLobby());
    } catch (reason) {
      // A lobby that was closed, or is closed to this person, keeps nobody from logging in.
      if (!(reason instanceof Refusal) || !STAYS_OUT.has(reason.code)) throw reason;
    }
    // Last: where the server dies in between, the next login joins, which does no harm where that was done.
    await store.welcome(user);
  }

  return {
    mine: (user) => seen.summaries(user),
    open: (user) => seen.openRooms(user, OPEN_ROOMS_LISTED),
    create,
    direct,
    join,
    leave,
    members,
    read,
    typing,
    prefer,
    openLobby,
    welcome,
  };
}

const ownership = (user: UserId): Pick<Draft, 'body' | 'change'> => ({
  body: { action: 'role', user, role: 'owner' },
  change: { type: 'role', user, role: 'owner' },
});

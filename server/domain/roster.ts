/**
 * What this node remembers of rooms and memberships, so that a send need not ask the store whether it may. Rooms
 * change by their own entries alone; a room that the node follows is therefore kept true by applying each entry,
 * and a room that it does not follow is never remembered. Bounded; what does not fit is read anew.
 */
import type { Entry, RoomId, SysBody, UserId } from '../../miniprogram/protocol/objects.ts';
import { noSuchRoom } from './access.ts';
import type { MemberRecord, RoomRecord, RoomStore, Undo } from './ports.ts';

export interface Found {
  room: RoomRecord;
  member: MemberRecord;
}

interface Followed {
  room: RoomRecord | undefined;
  members: Map<UserId, MemberRecord>;
  /** Reads under way that no entry has overtaken: shared by all who ask meanwhile, so that nobody gets past another. */
  reads: Map<UserId, Promise<Found>>;
}

/** Most memberships remembered of one room; the oldest go. */
const MAX_MEMBERS = 10_000;

export class Roster {
  readonly #store: Pick<RoomStore, 'room' | 'member'>;
  readonly #followed = new Map<RoomId, Followed>();
  /** `room user` → the read under way, of rooms that are not followed. */
  readonly #reads = new Map<string, Promise<Found>>();

  constructor(store: Pick<RoomStore, 'room' | 'member'>) {
    this.#store = store;
  }

  /** From now on every entry of the room is given to `apply`, until the undo. */
  follow(room: RoomId): Undo {
    const followed: Followed = { room: undefined, members: new Map(), reads: new Map() };
    this.#followed.set(room, followed);
    return () => {
      if (this.#followed.get(room) === followed) this.#followed.delete(room);
    };
  }

  apply(room: RoomId, entries: Entry[]): void {
    const followed = this.#followed.get(room);
    if (!followed) return;
    for (const entry of entries) if (entry.kind === 'sys') forgetWhatChanged(followed, entry.body);
  }

  /** What is remembered, without waiting; undefined where the store must be asked. */
  recall(room: RoomId, user: UserId): Found | undefined {
    const followed = this.#followed.get(room);
    const member = followed?.members.get(user);
    return followed?.room && member ? { room: followed.room, member } : undefined;
  }

  /** @throws Refusal NOT_FOUND where there is no such room, or `user` is not in it */
  async look(room: RoomId, user: UserId): Promise<Found> {
    const followed = this.#followed.get(room);
    if (!followed) return this.#readTogether(room, user);
    return this.recall(room, user) ?? followed.reads.get(user) ?? this.#readAndRemember(followed, room, user);
  }

  /** As `look`, but of the store, whatever is remembered. */
  ask(room: RoomId, user: UserId): Promise<Found> {
    return this.#read(room, user);
  }

  /** What somebody asks together is answered together: a later message must not overtake an earlier one here. */
  #readTogether(room: RoomId, user: UserId): Promise<Found> {
    const key = `${room} ${user}`;
    const known = this.#reads.get(key);
    if (known) return known;
    const read = this.#read(room, user);
    this.#reads.set(key, read);
    const done = (): unknown => this.#reads.delete(key);
    read.then(done, done);
    return read;
  }

  #readAndRemember(followed: Followed, room: RoomId, user: UserId): Promise<Found> {
    const read = this.#read(room, user);
    followed.reads.set(user, read);
    const done = (found?: Found): void => {
      // An entry that came meanwhile may have changed what was read.
      if (followed.reads.get(user) !== read) return;
      followed.reads.delete(user);
      if (!found) return;
      followed.room = found.room;
      remember(followed.members, user, found.member);
    };
    read.then(done, () => done());
    return read;
  }

  async #read(room: RoomId, user: UserId): Promise<Found> {
    const [record, member] = await Promise.all([this.#store.room(room), this.#store.member(room, user)]);
    if (!record || !member) throw noSuchRoom();
    return { room: record, member };
  }
}

/** Forgetting is simpler than changing, and cannot drift from what the store did. */
function forgetWhatChanged(followed: Followed, body: SysBody): void {
  followed.reads.clear();
  followed.room = undefined;
  if ('user' in body) followed.members.delete(body.user);
  if ('users' in body) for (const user of body.users) followed.members.delete(user);
}

function remember(members: Followed['members'], user: UserId, member: MemberRecord): void {
  if (members.size >= MAX_MEMBERS) {
    const [oldest] = members.keys();
    if (oldest !== undefined) members.delete(oldest);
  }
  members.set(user, member);
}

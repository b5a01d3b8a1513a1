/**
 * The Store port over SQLite: each method goes to the thread that runs it. Reads see every write that was answered
 * before they were asked for. What depends on the time of day is told it here, once, by the clock.
 */
import type { Clock, Store } from '../domain/ports.ts';
import type { Lane, LaneStats } from './sqlite/lane.ts';
import type { Reads, Writes } from './sqlite/methods.ts';

export interface SqliteStore extends Store {
  stats(): { reader: LaneStats; writer: LaneStats };
}

export interface SqliteDeps {
  epoch: string;
  reader: Lane<Reads>;
  writer: Lane<Writes>;
  clock: Pick<Clock, 'now'>;
}

export function createSqliteStore({ epoch, reader, writer, clock }: SqliteDeps): SqliteStore {
  return {
    epoch,

    append: (room, drafts) => writer.call('append', room, drafts),
    find: (room, from, cid) => reader.call('find', room, from, cid),
    entry: (room, seq) => reader.call('entry', room, seq),
    page: (room, range) => reader.call('page', room, range),

    createRoom: (room) => writer.call('createRoom', room),
    room: (room) => reader.call('room', room),
    member: (room, user) => reader.call('member', room, user),
    members: (room, page) => reader.call('members', room, page, clock.now()),
    memberIds: (room) => reader.call('memberIds', room),
    heir: (room, leaving) => reader.call('heir', room, leaving),
    summaries: (user) => reader.call('summaries', user, clock.now()),
    summary: (room, user) => reader.call('summary', room, user, clock.now()),
    openRooms: (user, limit) => reader.call('openRooms', user, limit, clock.now()),
    markRead: (room, user, seq) => writer.call('markRead', room, user, seq),
    prefer: (room, user, preferences) => writer.call('prefer', room, user, preferences),
    peers: (user) => reader.call('peers', user),
    namedRoom: (name) => reader.call('namedRoom', name),
    nameRoom: (name, room) => writer.call('nameRoom', name, room),

    user: (id) => reader.call('user', id),
    users: (ids) => reader.call('users', ids),
    userOf: (identity, fresh) => writer.call('userOf', identity, fresh),
    changeUser: (id, fields) => writer.call('changeUser', id, fields),
    lastSeen: (ids) => reader.call('lastSeen', ids),
    markSeen: (id, seen) => writer.call('markSeen', id, seen),
    welcome: (id) => writer.call('welcome', id),

    openLogin: (login, hash) => writer.call('openLogin', login, hash, clock.now()),
    rotate: (turn) => writer.call('rotate', turn),
    login: (sid, now) => reader.call('login', sid, now),
    loginOf: (hash) => reader.call('loginOf', hash),
    revoke: (sid) => writer.call('revoke', sid),

    async ping() {
      // Any read will do for the reader; the writer's ping is a write.
      await Promise.all([reader.call('namedRoom', ''), writer.call('ping', clock.now())]);
    },

    async close() {
      await reader.close();
      // The last connection to go folds the WAL into the database.
      await writer.close();
    },

    stats: () => ({ reader: reader.stats(), writer: writer.stats() }),
  };
}

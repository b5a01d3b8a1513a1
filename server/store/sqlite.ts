/**
 * The Store port over SQLite: each method goes to the thread that runs it. Reads see every write that was answered
 * before they were asked for. What depends on the time of day is told it here, once, by the clock.
 */
import type { Clock, ModerationStore, Store } from '../domain/ports.ts';
import { Follower } from './sqlite/follower.ts';
import type { Lane, LaneStats } from './sqlite/lane.ts';
import type { Reads, Writes } from './sqlite/methods.ts';
import type { Searches } from './sqlite/search.ts';

export interface SqliteStore extends Store {
  stats(): { reader: LaneStats; writer: LaneStats };
}

export interface SqliteDeps {
  epoch: string;
  reader: Lane<Reads>;
  /** Searches, and follows the log for it: nobody else waits for either. */
  searcher: Lane<Searches>;
  writer: Lane<Writes>;
  clock: Pick<Clock, 'now' | 'after'>;
}

/** Entries that are taken out of the index in one step. */
const PRUNE_STEP = 500;

export function createSqliteStore({ epoch, reader, searcher, writer, clock }: SqliteDeps): SqliteStore {
  const follower = new Follower({ searcher, clock });

  async function append(...[room, drafts]: Parameters<Store['append']>): ReturnType<Store['append']> {
    const placed = await writer.call('append', room, drafts);
    // What was recalled or replaced is to be nowhere, the index included.
    if (drafts.some(({ change }) => change !== undefined)) follower.hurry();
    else follower.follow();
    return placed;
  }

  async function trim(...[before, limit, after]: Parameters<Store['trim']>): ReturnType<Store['trim']> {
    const step = await writer.call('trim', before, limit, after ?? null);
    // From the beginning at the end of a run: what a run that broke off has left is taken out, too.
    const upTo = step.next === undefined ? Number.MAX_SAFE_INTEGER : Number(step.next);
    while (await searcher.call('prune', upTo, PRUNE_STEP));
    return step;
  }

  follower.hurry();
  return {
    epoch,

    append,
    trim,
    find: (room, from, cid) => reader.call('find', room, from, cid),
    entry: (room, seq) => reader.call('entry', room, seq),
    page: (room, range) => reader.call('page', room, range),
    heads: (rooms) => reader.call('heads', rooms),
    search: (user, query) => searcher.call('search', user, query),

    reserveFile: (file) => writer.call('reserveFile', file),
    completeFile: (id, facts) => writer.call('completeFile', id, facts),
    file: (id) => reader.call('file', id, clock.now()),
    readableFiles: (who, ids, room) => reader.call('readableFiles', who, ids, room ?? null, clock.now()),
    uploadedBytes: (owner, since) => reader.call('uploadedBytes', owner, since),
    expiredFiles: (before, limit) => reader.call('expiredFiles', before, limit),
    forgetFiles: (ids, before) => writer.call('forgetFiles', ids, before),

    createRoom: (room) => writer.call('createRoom', room),
    room: (room) => reader.call('room', room),
    member: (room, user) => reader.call('member', room, user),
    members: (room, page) => reader.call('members', room, page, clock.now()),
    memberIds: (room) => reader.call('memberIds', room),
    heir: (room, leaving) => reader.call('heir', room, leaving),
    memberships: (users) => reader.call('memberships', users),
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
    openidOf: (id) => reader.call('openidOf', id),
    userOf: (identity, fresh) => writer.call('userOf', identity, fresh),
    changeUser: (id, fields) => writer.call('changeUser', id, fields),
    lastSeen: (ids) => reader.call('lastSeen', ids),
    markSeen: (id, seen) => writer.call('markSeen', id, seen),
    welcomed: (id) => reader.call('welcomed', id),
    welcome: (id) => writer.call('welcome', id),

    openLogin: (login, hash) => writer.call('openLogin', login, hash, clock.now()),
    rotate: (turn) => writer.call('rotate', turn),
    login: (sid, now) => reader.call('login', sid, now),
    alive: (sids, now) => reader.call('alive', sids, now),
    loginOf: (hash) => reader.call('loginOf', hash),
    revoke: (sid) => writer.call('revoke', sid),
    revokeAll: (user, audit) => writer.call('revokeAll', user, audit),

    ...moderationOf(reader, writer),

    shared: (name) => reader.call('shared', name),
    share: (name, shared) => writer.call('share', name, shared),
    lease: (lease) => writer.call('lease', lease),
    release: (name, holder) => writer.call('release', name, holder),
    take: (taking) => writer.call('take', taking),

    addCredit: (user, template, most) => writer.call('addCredit', user, template, most),
    credits: (user) => reader.call('credits', user),
    spendCredit: (spending) => writer.call('spendCredit', spending),
    dropCredits: (user, template) => writer.call('dropCredits', user, template),

    openFileCheck: (check) => writer.call('openFileCheck', check),
    fileCheck: (file) => reader.call('fileCheck', file),
    useFile: (file, use) => writer.call('useFile', file, use),
    settleFileCheck: (trace, state) => writer.call('settleFileCheck', trace, state),
    overdueFileChecks: (before, limit) => reader.call('overdueFileChecks', before, limit),

    awaitText: (text) => writer.call('awaitText', text),
    settleText: (room, seq) => writer.call('settleText', room, seq),
    overdueTexts: (before, limit) => reader.call('overdueTexts', before, limit),
    takeText: (text, now) => writer.call('takeText', text, now),

    async ping() {
      // Any read will do for the reader; the writer's ping is a write.
      await Promise.all([reader.call('namedRoom', ''), writer.call('ping', clock.now())]);
    },

    async close() {
      await reader.close();
      // The last connection to go folds the WAL into the database.
      await writer.close();
      await follower.close();
      await searcher.close();
    },

    stats: () => ({ reader: reader.stats(), writer: writer.stats() }),
  };
}

const moderationOf = (reader: Lane<Reads>, writer: Lane<Writes>): ModerationStore => ({
  sanction: (sanction, audit) => writer.call('sanction', sanction, audit),
  lift: (key, audit) => writer.call('lift', key, audit),
  sanctions: (users, now) => reader.call('sanctions', users, now),
  sanctionsInForce: (page) => reader.call('sanctionsInForce', page),
  sanctionedSince: (since) => reader.call('sanctionedSince', since),

  audit: (record) => writer.call('audit', record),
  audits: (query) => reader.call('audits', query),

  addReport: (report) => writer.call('addReport', report),
  report: (id) => reader.call('report', id),
  reports: (page) => reader.call('reports', page),
  resolveReports: (message, resolved, audit) => writer.call('resolveReports', message, resolved, audit),
  untoldReports: (reporter) => reader.call('untoldReports', reporter),
  markTold: (ids) => writer.call('markTold', ids),

  words: () => reader.call('words'),
  wordsVersion: () => reader.call('wordsVersion'),
  addWords: (rules, audit) => writer.call('addWords', rules, audit),
  removeWords: (words, audit) => writer.call('removeWords', words, audit),

  issueKey: (key, hash, audit) => writer.call('issueKey', key, hash, audit),
  apiKey: (hash) => reader.call('apiKey', hash),
  apiKeys: () => reader.call('apiKeys'),
  revokeKey: (id, audit) => writer.call('revokeKey', id, audit),

  findUsers: (query) => reader.call('findUsers', query),
  findRooms: (query) => reader.call('findRooms', query),
  roomFacts: (room) => reader.call('roomFacts', room),
  roomsOf: (user) => reader.call('roomsOf', user),
  checkRooms: (page) => reader.call('checkRooms', page),
  bumpEpoch: (epoch) => writer.call('bumpEpoch', epoch),
});

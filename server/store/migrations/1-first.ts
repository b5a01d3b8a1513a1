/** Version 1: rooms, entries, members, people, logins. */

/**
 * Entries are appended by rowid and not clustered by room: a page is then never split, so no stale copy of a body
 * outlives its erasure, the file stays half as large, and a batch for many rooms dirties few pages.
 * `entries.n`: content entries of the room up to and including this one. `members.sent`: the member's own, `read_n`
 * and `read_sent`: both of them at the read marker; so unread = n(head) - read_n - (sent - read_sent).
 * `members.hidden_n`: n(head) when the room was hidden. The cid index begins with what is nearly the same for
 * neighbours in time, so that a batch touches few of its pages.
 */
export const FIRST = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE rooms (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    avatar TEXT,
    open INTEGER NOT NULL,
    slow_seconds INTEGER NOT NULL DEFAULT 0,
    closed INTEGER NOT NULL DEFAULT 0,
    members INTEGER NOT NULL,
    pair_low TEXT,
    pair_high TEXT
  ) STRICT;
  CREATE UNIQUE INDEX rooms_by_pair ON rooms (pair_low, pair_high) WHERE pair_low IS NOT NULL;
  CREATE INDEX rooms_by_second ON rooms (pair_high) WHERE pair_high IS NOT NULL;
  CREATE INDEX rooms_to_join ON rooms (members DESC) WHERE open = 1 AND closed = 0;

  CREATE TABLE room_names (name TEXT PRIMARY KEY, room TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE entries (
    key INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    ts INTEGER NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    recalled INTEGER NOT NULL DEFAULT 0,
    edited INTEGER,
    cid TEXT,
    reply INTEGER,
    target INTEGER,
    mentions TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entries_by_seq ON entries (room, seq);
  CREATE UNIQUE INDEX entries_by_cid ON entries (room, cid, sender) WHERE cid IS NOT NULL;
  CREATE INDEX entries_by_target ON entries (room, target) WHERE target IS NOT NULL;

  CREATE TABLE members (
    room INTEGER NOT NULL,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    joined INTEGER NOT NULL,
    joined_seq INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    read INTEGER NOT NULL,
    read_n INTEGER NOT NULL,
    read_sent INTEGER NOT NULL,
    muted_until INTEGER,
    muted INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    hidden_n INTEGER,
    PRIMARY KEY (room, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_by_user ON members (user);

  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    avatar TEXT,
    seen INTEGER,
    welcomed INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE identities (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    user TEXT NOT NULL,
    unionid TEXT,
    PRIMARY KEY (kind, subject)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE logins (sid TEXT PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX logins_by_expiry ON logins (expires);

  CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY,
    sid TEXT NOT NULL,
    expires INTEGER NOT NULL,
    replaced INTEGER,
    sealed TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires);

  PRAGMA user_version = 1;
`;

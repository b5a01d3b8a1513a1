/** Version 4: what nodes share about WeChat, who may be told something there, which files it judges. */

/** `leases.until`, `allowances.ends`: ms since the Unix epoch. `notices`: when a user was last told of a room. */
export const WECHAT = `
  CREATE TABLE shared (name TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE allowances (
    name TEXT NOT NULL,
    ends INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (name, ends)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE credits (
    user TEXT NOT NULL,
    template TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (user, template)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE notices (
    user TEXT NOT NULL,
    room TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (user, room)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE file_checks (
    file TEXT PRIMARY KEY,
    trace TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    asked INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX file_checks_pending ON file_checks (asked) WHERE state = 'pending';

  CREATE TABLE file_uses (
    file TEXT NOT NULL,
    room TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (file, room, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX identities_by_user ON identities (user);

  PRAGMA user_version = 4;
`;

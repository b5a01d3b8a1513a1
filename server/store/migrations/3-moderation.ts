/** Version 3: what moderators do and keep: sanctions, the audit log, reports, the word list, API keys. */

/**
 * `sanctions.changed`: when it was last set or lifted; a lifted one stays, with `until` in the past, so that nodes
 * find out. The audit log is append-only: the database itself refuses to change or drop a record. `reports.told`:
 * whether the reporter knows what became of it.
 */
export const MODERATION = `
  CREATE TABLE sanctions (
    user TEXT NOT NULL,
    kind TEXT NOT NULL,
    room TEXT NOT NULL,
    until INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    since INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (user, kind, room)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sanctions_by_change ON sanctions (changed);
  CREATE INDEX sanctions_by_start ON sanctions (since);

  CREATE TABLE audit (
    key INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    room TEXT NOT NULL,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_target ON audit (target);
  CREATE INDEX audit_by_room ON audit (room) WHERE room <> '';
  CREATE INDEX audit_by_actor ON audit (actor);
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_is_not_dropped BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

  CREATE TABLE reports (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    target INTEGER NOT NULL,
    against TEXT NOT NULL,
    reporter TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    ts INTEGER NOT NULL,
    context TEXT NOT NULL,
    resolved TEXT,
    told INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room, target, reporter)
  ) STRICT;
  CREATE INDEX reports_open ON reports (key) WHERE resolved IS NULL;
  CREATE INDEX reports_untold ON reports (reporter) WHERE resolved IS NOT NULL AND told = 0 AND reporter <> '';

  CREATE TABLE words (word TEXT PRIMARY KEY, action TEXT NOT NULL, by TEXT NOT NULL, ts INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;

  CREATE TABLE api_keys (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    user TEXT NOT NULL,
    rooms TEXT NOT NULL,
    by TEXT NOT NULL,
    ts INTEGER NOT NULL,
    revoked INTEGER
  ) STRICT;

  CREATE INDEX logins_by_user ON logins (user);
  CREATE INDEX users_by_name ON users (name);
  CREATE INDEX rooms_by_name ON rooms (name);

  PRAGMA user_version = 3;
`;

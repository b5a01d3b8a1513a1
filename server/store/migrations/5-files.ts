/** Version 5: files. */

/**
 * `files.size` is null until the bytes are there. `uses`: entries that carry it, and people whose avatar it is;
 * `expires` is null while there are any.
 */
export const FILES = `
  CREATE TABLE files (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    created INTEGER NOT NULL,
    mime TEXT,
    size INTEGER,
    w INTEGER,
    h INTEGER,
    uses INTEGER NOT NULL DEFAULT 0,
    expires INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX files_by_owner ON files (owner, created);
  CREATE INDEX files_by_expiry ON files (expires) WHERE expires IS NOT NULL;

  CREATE TABLE entry_files (
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    file TEXT NOT NULL,
    PRIMARY KEY (room, seq, file)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entry_files_by_file ON entry_files (file, room);
  CREATE INDEX users_by_avatar ON users (avatar) WHERE avatar IS NOT NULL;

  PRAGMA user_version = 5;
`;

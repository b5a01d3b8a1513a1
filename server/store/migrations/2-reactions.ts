/** Version 2: reactions, and a list of rooms that finds what to show without looking back. */

/**
 * `reactions.n`: how many; `since`: seq of the entry that brought it. `entries.shown`: of an entry that no list of
 * rooms shows, the newest before it that it does.
 */
export const REACTIONS = `
  ALTER TABLE entries ADD COLUMN shown INTEGER;
  UPDATE entries SET shown = (
    SELECT max(e.seq) FROM entries e
    WHERE e.room = entries.room AND e.seq < entries.seq AND e.kind NOT IN ('recall', 'edit', 'react')
  ) WHERE kind IN ('recall', 'edit', 'react');

  CREATE TABLE reactions (
    room INTEGER NOT NULL,
    target INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    n INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (room, target, emoji)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reactors (
    room INTEGER NOT NULL,
    target INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    user TEXT NOT NULL,
    PRIMARY KEY (room, target, emoji, user)
  ) STRICT, WITHOUT ROWID;

  PRAGMA user_version = 2;
`;

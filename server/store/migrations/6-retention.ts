/** Version 6: a log may begin later than at 1. `rooms.begins`: the first seq that is kept. */
export const RETENTION = `
  ALTER TABLE rooms ADD COLUMN begins INTEGER NOT NULL DEFAULT 1;

  PRAGMA user_version = 6;
`;

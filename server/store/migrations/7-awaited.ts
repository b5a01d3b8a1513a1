/** Version 7: the texts whose verdict is awaited, so that another server asks again where this one dies. */
export const AWAITED = `
  CREATE TABLE awaited_texts (
    room TEXT NOT NULL,
    seq INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX awaited_texts_by_time ON awaited_texts (asked);

  PRAGMA user_version = 7;
`;

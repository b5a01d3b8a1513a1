/** What the two threads can be asked for: reads go to the reader, writes to the writer. */
import { createAppend } from './append.ts';
import type { Database } from './database.ts';
import { createEntryReads } from './entries.ts';
import { createLoginReads, createLoginWrites } from './logins.ts';
import { createMemberReads, createMemberWrites } from './members.ts';
import { createMetaWrites } from './meta.ts';
import { createRoomReads, createRoomWrites } from './rooms.ts';
import { createSummaryReads } from './summaries.ts';
import { createUserReads, createUserWrites } from './users.ts';

export const createReads = (db: Database) => ({
  ...createEntryReads(db),
  ...createRoomReads(db),
  ...createMemberReads(db),
  ...createSummaryReads(db),
  ...createUserReads(db),
  ...createLoginReads(db),
});

export const createWrites = (db: Database) => ({
  append: createAppend(db),
  ...createRoomWrites(db),
  ...createMemberWrites(db),
  ...createUserWrites(db),
  ...createLoginWrites(db),
  ...createMetaWrites(db),
});

export type Reads = ReturnType<typeof createReads>;
export type Writes = ReturnType<typeof createWrites>;

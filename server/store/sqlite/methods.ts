/** What the two threads can be asked for: reads go to the reader, writes to the writer. */
import { createAppend } from './append.ts';
import { createAuditReads, createAuditWrites } from './audit.ts';
import { createAwaitedReads, createAwaitedWrites } from './awaited.ts';
import { createCheck } from './check.ts';
import { createCreditReads, createCreditWrites } from './credits.ts';
import type { Database } from './database.ts';
import { createDirectoryReads } from './directory.ts';
import { createEntryReads } from './entries.ts';
import { createKeyReads, createKeyWrites } from './keys.ts';
import { createFileCheckReads, createFileCheckWrites } from './file-checks.ts';
import { createFileReads, createFileWrites } from './files.ts';
import { createLoginReads, createLoginWrites } from './logins.ts';
import { createMemberReads, createMemberWrites } from './members.ts';
import { createMetaWrites } from './meta.ts';
import { createReportReads, createReportWrites } from './reports.ts';
import { createRoomReads, createRoomWrites } from './rooms.ts';
import { createSanctionReads, createSanctionWrites } from './sanctions.ts';
import { createSharedReads, createSharedWrites } from './shared.ts';
import { createSummaryReads } from './summaries.ts';
import { createTrim } from './trim.ts';
import { createUserReads, createUserWrites } from './users.ts';
import { createWordReads, createWordWrites } from './words.ts';

export const createReads = (db: Database) => ({
  ...createEntryReads(db),
  ...createFileReads(db),
  ...createRoomReads(db),
  ...createMemberReads(db),
  ...createSummaryReads(db),
  ...createUserReads(db),
  ...createLoginReads(db),
  ...createSanctionReads(db),
  ...createAuditReads(db),
  ...createReportReads(db),
  ...createWordReads(db),
  ...createKeyReads(db),
  ...createDirectoryReads(db),
  ...createCheck(db),
  ...createSharedReads(db),
  ...createCreditReads(db),
  ...createFileCheckReads(db),
  ...createAwaitedReads(db),
});

export const createWrites = (db: Database) => ({
  append: createAppend(db),
  ...createTrim(db),
  ...createFileWrites(db),
  ...createRoomWrites(db),
  ...createMemberWrites(db),
  ...createUserWrites(db),
  ...createLoginWrites(db),
  ...createSanctionWrites(db),
  ...createAuditWrites(db),
  ...createReportWrites(db),
  ...createWordWrites(db),
  ...createKeyWrites(db),
  ...createSharedWrites(db),
  ...createCreditWrites(db),
  ...createFileCheckWrites(db),
  ...createAwaitedWrites(db),
  ...createMetaWrites(db),
});

export type Reads = ReturnType<typeof createReads>;
export type Writes = ReturnType<typeof createWrites>;

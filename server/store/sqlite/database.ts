/**
 * One connection to `chahua.db`: opened with the settings that make "committed" mean "on the disk" and "erased" mean
 * "not in the file", and closed for good when it has failed. Owns pragmas, transactions and the lock that keeps a
 * second server out. Statements take bound parameters only. Lives in worker threads, never on the main one.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export type DatabaseRole = 'writer' | 'reader' | 'searcher';

export interface DatabaseOptions {
  file: string;
  role: DatabaseRole;
  /** Most pages of 4 KiB that the file may grow to; a write past it fails as on a full disk. */
  maxPages?: number;
}

/** A statement made ready once; `Row` is what its SELECT names, or nothing. */
export interface Query<Row = never> {
  get(...parameters: SQLInputValue[]): Row | undefined;
  all(...parameters: SQLInputValue[]): Row[];
  /** Row by row, as they are asked for. */
  each(...parameters: SQLInputValue[]): Iterable<Row>;
  /** How many rows changed. */
  run(...parameters: SQLInputValue[]): number;
}

/** What keeps another process waiting is a checkpoint or a recovery, never a long transaction. */
const BUSY_MS = 5_000;

/**
 * synchronous=FULL with WAL: one fsync per commit, before it returns (macOS needs fullfsync for that to be true).
 * secure_delete: what a recall erases is overwritten with zeros. The checkpoint is due each 16 MiB of WAL.
 */
const WRITER = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA secure_delete = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 4096;
  PRAGMA journal_size_limit = 67108864;
`;
/** The index can be made anew: it need not wait for the disk. */
const SEARCHER = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA secure_delete = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -65536;
  PRAGMA journal_size_limit = 67108864;
`;
const READER = `
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -65536;
`;

const SETTINGS: Record<DatabaseRole, string> = { writer: WRITER, reader: READER, searcher: SEARCHER };

export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #begin: string;

  constructor({ file, role, maxPages }: DatabaseOptions) {
    this.#begin = role === 'writer' ? 'BEGIN IMMEDIATE' : 'BEGIN';
    this.#sqlite = new DatabaseSync(file, { readOnly: role === 'reader', timeout: BUSY_MS });
    this.#sqlite.exec(SETTINGS[role]);
    // A pragma takes no bound parameter; this one is a number of the operator's.
    if (maxPages !== undefined) this.#sqlite.exec('PRAGMA max_page_count = ' + String(Math.trunc(maxPages)));
  }

  query<Row = never>(sql: string): Query<Row> {
    const statement = this.#sqlite.prepare(sql);
    return {
      get: (...parameters) => statement.get(...parameters) as Row | undefined,
      all: (...parameters) => statement.all(...parameters) as Row[],
      each: (...parameters) => statement.iterate(...parameters) as Iterable<Row>,
      run: (...parameters) => Number(statement.run(...parameters).changes),
    };
  }

  /** For statements that are the program's own text. */
  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  /** All that `run` does is durable when this returns; where it throws, nothing was done. */
  transaction<T>(run: () => T): T {
    this.#sqlite.exec(this.#begin);
    try {
      const result = run();
      this.#sqlite.exec('COMMIT');
      return result;
    } catch (reason) {
      // Some storage faults end the transaction by themselves.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
      throw reason;
    }
  }

  close(): void {
    if (this.#sqlite.isOpen) this.#sqlite.close();
  }
}

/**
 * Holds `chahua.lock` until the process ends, by whatever means: the operating system lets go of it. A transaction
 * that is never committed, in a file of its own, because the database itself must stay open to a second connection.
 */
export function holdLock(file: string): { release(): void } {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (reason) {
    lock.close();
    if (primaryCode(reason) === SQLITE_BUSY) {
      throw new Error('another server holds it; stop that one first', { cause: reason });
    }
    throw reason;
  }
  return { release: () => lock.close() };
}

const SQLITE_BUSY = 5;

/**
 * Locked, out of memory, read-only, I/O error, damaged, full, cannot open, locking protocol, no database: the
 * storage fails, not the call. Whatever was under way is undone and the connection is not to be trusted any more.
 */
const STORAGE_FAULTS = new Set([SQLITE_BUSY, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

export function isStorageFault(reason: unknown): boolean {
  return STORAGE_FAULTS.has(primaryCode(reason) ?? -1);
}

/** The low byte of SQLite's extended result code. */
function primaryCode(reason: unknown): number | undefined {
  if (!(reason instanceof Error) || !('errcode' in reason) || typeof reason.errcode !== 'number')
    return undefined;
  return reason.errcode & 0xff;
}

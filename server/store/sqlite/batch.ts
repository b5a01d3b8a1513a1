/**
 * Runs a batch of calls as one transaction: one commit, one fsync, for all of them. A call that throws is undone
 * alone and the others are stored; where the storage itself fails, the batch throws and nothing of it is stored.
 */
import { type Database, isStorageFault } from './database.ts';

export interface Call {
  method: string;
  /** A JSON array: as text it is cheap to hand to a thread, its size is known, and nobody can change it any more. */
  args: string;
}

export type Outcome = { value: unknown } | { fault: { message: string; stack: string | undefined } };

export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

export function runBatch(db: Database, methods: Methods, calls: readonly Call[]): Outcome[] {
  try {
    return db.transaction(() => calls.map((call) => ({ value: invoke(methods, call) })));
  } catch (reason) {
    if (isStorageFault(reason)) throw reason;
    // One of them is at fault. Savepoints cost time that the many good batches need not spend.
    return db.transaction(() => calls.map((call) => attempt(db, methods, call)));
  }
}

function attempt(db: Database, methods: Methods, call: Call): Outcome {
  db.exec('SAVEPOINT call');
  try {
    return { value: invoke(methods, call) };
  } catch (reason) {
    if (isStorageFault(reason)) throw reason;
    db.exec('ROLLBACK TO call');
    const { message, stack } = reason instanceof Error ? reason : new Error(String(reason));
    return { fault: { message, stack } };
  } finally {
    db.exec('RELEASE call');
  }
}

function invoke(methods: Methods, { method, args }: Call): unknown {
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!run) throw new Error(`the store has no method ${method}`);
  return run(...(JSON.parse(args) as never[]));
}

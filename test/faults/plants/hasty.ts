/** A bug, planted: messages are acknowledged and published at once, and stored a little later. */
import type { Draft, Placed } from '../../../server/domain/ports.ts';
import { Lane } from '../../../server/store/sqlite/lane.ts';

const LATE_MS = 300;
const heads = new Map<string, number>();

const call = Lane.prototype.call as (this: unknown, method: string, ...args: unknown[]) => Promise<unknown>;
Lane.prototype.call = async function (this: unknown, method: string, ...args: unknown[]) {
  if (method !== 'append') return call.call(this, method, ...args);
  const [room, drafts] = args as [string, Draft[]];
  const head = heads.get(room);
  if (head === undefined || drafts.some(({ kind }) => kind !== 'text')) {
    const placed = (await call.call(this, method, ...args)) as Placed[];
    const last = placed.at(-1);
    if (last && 'seq' in last) heads.set(room, last.seq);
    return placed;
  }
  heads.set(room, head + drafts.length);
  setTimeout(() => void call.call(this, method, ...args), LATE_MS);
  return drafts.map(({ ts }, index) => ({ seq: head + 1 + index, ts }));
} as typeof Lane.prototype.call;

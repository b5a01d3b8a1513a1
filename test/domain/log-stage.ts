/** The log over a store whose appends end when the test says so. */
import assert from 'node:assert/strict';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { LocalBus } from '../../server/bus/local.ts';
import { createLog, type LogDeps } from '../../server/domain/log.ts';
import type { LogStore, Placed } from '../../server/domain/ports.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NOW, textDraft } from './factories.ts';

export interface Append {
  room: string;
  cids: (string | undefined)[];
  end(placed: Placed[]): Promise<void>;
  fail(reason: Error): Promise<void>;
}

/** Lets what is under way go as far as it can without the store. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function setUp({ patienceMs, ...more }: Partial<LogDeps> & { patienceMs?: number } = {}) {
  const appends: Append[] = [];
  const found = new Map<string, { seq: number; ts: number }>();
  const turns: (() => void)[] = [];
  /** What happened, in order. */
  const events: string[] = [];
  const published: Entry[][] = [];
  let finds = 0;

  const store: LogStore = {
    ...(patienceMs !== undefined && { patienceMs }),
    append: (room, drafts) =>
      new Promise((resolve, reject) => {
        appends.push({
          room,
          cids: drafts.map(({ cid }) => cid),
          end: (placed) => {
            events.push('stored');
            resolve(placed);
            return settle();
          },
          fail: (reason) => {
            reject(reason);
            return settle();
          },
        });
      }),
    find: (room, from, cid) => {
      finds += 1;
      return Promise.resolve(found.get(`${room} ${from} ${cid}`) ?? null);
    },
    entry: () => Promise.resolve(null),
    page: () => Promise.reject(new Error('not asked here')),
    heads: () => Promise.reject(new Error('not asked here')),
    trim: () => Promise.resolve({ trimmed: 0 }),
  };
  const bus = new LocalBus();
  for (const room of ['r', 'r2']) {
    bus.subscribe(`room.${room}`, (message) => {
      assert.equal(message.type, 'entries');
      if (message.type !== 'entries') return;
      events.push(`published ${message.entries.map(({ seq }) => seq).join(' ')}`);
      published.push(message.entries);
    });
  }
  const clock = new ManualClock();
  const log = createLog({ store, bus, clock, soon: (job) => turns.push(job), ...more });
  const append = (cid: string, room = 'r'): Promise<Placed> => {
    const placed = log.append(room, textDraft('u', cid));
    placed.then(
      () => events.push(`told ${cid}`),
      () => events.push(`failed ${cid}`),
    );
    return placed;
  };
  return {
    log,
    append,
    appends,
    events,
    published,
    found,
    clock,
    finds: () => finds,
    turn: () => turns.splice(0).forEach((job) => job()),
  };
}

export const at = (seq: number): Placed => ({ seq, ts: NOW });

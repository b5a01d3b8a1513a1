/**
 * A process that appends to the store of the folder named on its command line until it is killed. Prints a line
 * `seq cid` for each entry, after it was acknowledged. Its one room is `room`, its one user `ann`.
 */
import type { Draft } from '../../server/domain/ports.ts';
import { newId } from '../../server/ids.ts';
import { openStore } from '../../server/store/open.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clock = new ManualClock();
const store = await openStore({ dataDir: process.argv[2] ?? '', clock, newId });
const first: Draft = { from: '', ts: clock.now(), kind: 'sys', body: { action: 'created', users: [] } };
const members = [{ user: 'ann', role: 'owner' } as const];
await store.createRoom({ id: 'room', kind: 'group', name: '', open: false, members, first });

async function appendForever(): Promise<void> {
  for (;;) {
    const drafts = Array.from({ length: 3 }, () => ({
      from: 'ann',
      ts: clock.now(),
      kind: 'text' as const,
      body: { text: 'x'.repeat(200) },
      cid: newId(),
    }));
    const placed = await store.append('room', drafts);
    const lines = placed.map((place, i) => ('seq' in place ? `${place.seq} ${drafts[i]?.cid}\n` : ''));
    process.stdout.write(lines.join(''));
  }
}

await Promise.all(Array.from({ length: 10 }, appendForever));

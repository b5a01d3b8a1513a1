/** The real store in a folder of its own, on a clock that only the test moves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { newId } from '../../server/ids.ts';
import { openStore } from '../../server/store/open.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** One for a test file. */
export async function openShelf() {
  const { clock, store, close } = await openFreshShelf();
  after(close);
  return { clock, store };
}

/** For a test that leaves something behind on its clock: whoever opens it closes it. */
export async function openFreshShelf() {
  const dataDir = mkdtempSync(join(tmpdir(), 'chahua-wechat-'));
  const clock = new ManualClock();
  const store = await openStore({ dataDir, clock, newId });
  async function close(): Promise<void> {
    await store.close();
    rmSync(dataDir, { recursive: true });
  }
  return { clock, store, close };
}

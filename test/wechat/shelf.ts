/** The real store in a folder of its own, on a clock that only the test moves. One for a test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { newId } from '../../server/ids.ts';
import { openStore } from '../../server/store/open.ts';
import { ManualClock } from '../support/manual-clock.ts';

export async function openShelf() {
  const dataDir = mkdtempSync(join(tmpdir(), 'chahua-wechat-'));
  const clock = new ManualClock();
  const store = await openStore({ dataDir, clock, newId });
  after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true });
  });
  return { clock, store };
}

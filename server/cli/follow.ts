/** `--follow`: asks again and again for what is new, until Ctrl-C, which ends it well. A server that is away is waited for. */
import { Exit, Failure } from './exit.ts';
import type { Io } from './io.ts';

const EVERY_MS = 1_000;

/** @param next prints what is new; true where there may be more at once */
export async function follow(io: Io, next: () => Promise<boolean>): Promise<void> {
  let isAway = false;
  while (!io.interrupted.aborted) {
    let more = false;
    try {
      more = await next();
      isAway = false;
    } catch (reason) {
      if (io.interrupted.aborted) return;
      if (!(reason instanceof Failure) || reason.code !== Exit.NOT_REACHABLE) throw reason;
      if (!isAway) io.err(`${reason.message}; waiting\n`);
      isAway = true;
    }
    if (!more) await io.sleep(EVERY_MS);
  }
}

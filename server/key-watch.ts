/**
 * The keys of this node, and those that come after them: they stand in a file (JWT_KEYS_FILE, or keys.json of
 * DATA_DIR), which is looked at once a second, so that every node and every worker changes its keys without a restart.
 * A file that cannot be understood changes nothing, and is complained of once.
 */
import type { Config } from './config.ts';
import type { Clock, Undo } from './domain/ports.ts';
import { keptKeys, keyFileOf, keysOf, type JwtKey } from './keys.ts';

export interface KeyWatchDeps {
  config: Pick<Config, 'jwtKeys' | 'jwtKeysFile' | 'dataDir'>;
  clock: Pick<Clock, 'every'>;
  log: {
    info(message: string, fields?: Record<string, unknown>): void;
    error(message: string, fields?: Record<string, unknown>): void;
  };
}

export interface KeyWatch {
  /** As they are at the start. */
  readonly keys: readonly JwtKey[];
  /** Told of every change from here on. */
  start(onKeys: (keys: readonly JwtKey[]) => void): Undo;
}

const LOOK_EVERY_MS = 1_000;

/** @throws where there are no good keys to begin with */
export function createKeyWatch({ config, clock, log }: KeyWatchDeps): KeyWatch {
  const { jwtKeys, jwtKeysFile, dataDir } = config;
  // Those of the environment stay as long as the process.
  if (jwtKeys) return { keys: jwtKeys, start: () => () => undefined };
  const path = jwtKeysFile ?? keyFileOf(dataDir);
  const first = jwtKeysFile === undefined ? keptKeys(dataDir) : keysOf(jwtKeysFile);

  function start(onKeys: (keys: readonly JwtKey[]) => void): Undo {
    let known = JSON.stringify(first);
    let complaint = '';
    return clock.every(LOOK_EVERY_MS, () => {
      try {
        const keys = keysOf(path);
        complaint = '';
        const now = JSON.stringify(keys);
        if (now === known) return;
        known = now;
        onKeys(keys);
        log.info('the keys have changed', { kids: keys.map(({ kid }) => kid) });
      } catch (reason) {
        const message = reason instanceof Error ? reason.message : String(reason);
        if (message !== complaint) log.error('the keys stay as they are', { reason: message });
        complaint = message;
      }
    });
  }

  return { keys: first, start };
}

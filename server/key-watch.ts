/**
 * The keys of this node, and those that come after them: they stand in a file (JWT_KEYS_FILE, or keys.json of
 * DATA_DIR), which is looked at once a second, so that every node and every worker changes its keys without a restart.
 * They do not look in the same instant: a new key verifies as soon as it is seen, and signs when all have seen it. A
 * file that cannot be understood changes nothing, and is complained of once.
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
/** By so many looks of this node every other one has seen what this one has. */
const LOOKS_OF_ALL = 3;

/** @throws where there are no good keys to begin with */
export function createKeyWatch({ config, clock, log }: KeyWatchDeps): KeyWatch {
  const { jwtKeys, jwtKeysFile, dataDir } = config;
  // Those of the environment stay as long as the process.
  if (jwtKeys) return { keys: jwtKeys, start: () => () => undefined };
  const path = jwtKeysFile ?? keyFileOf(dataDir);
  const first = jwtKeysFile === undefined ? keptKeys(dataDir) : keysOf(jwtKeysFile);

  function start(onKeys: (keys: readonly JwtKey[]) => void): Undo {
    const order = new Order(first);
    let told = JSON.stringify(first);
    let complaint = '';
    return clock.every(LOOK_EVERY_MS, () => {
      try {
        const keys = order.look(keysOf(path));
        complaint = '';
        const now = JSON.stringify(keys);
        if (now === told) return;
        told = now;
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

/** Puts first the key that signs. */
class Order {
  #looks = 0;
  /** By kid: the look at which it was first seen. */
  #seen: ReadonlyMap<string, number>;

  constructor(first: readonly JwtKey[]) {
    this.#seen = new Map(first.map(({ kid }) => [kid, -Infinity]));
  }

  look(keys: readonly JwtKey[]): JwtKey[] {
    this.#looks += 1;
    this.#seen = new Map(keys.map(({ kid }) => [kid, this.#seen.get(kid) ?? this.#looks]));
    const isKnown = ({ kid }: JwtKey): boolean =>
      this.#looks - (this.#seen.get(kid) ?? this.#looks) >= LOOKS_OF_ALL;
    const signer = keys.find(isKnown) ?? keys[0];
    return keys.toSorted((a, b) => Number(b === signer) - Number(a === signer));
  }
}

/** THE list of parts. */
import type { Part } from './part.ts';
import { batches } from './parts/batches.ts';
import { durable } from './parts/durable.ts';
import { everyday } from './parts/everyday.ts';
import { fanout } from './parts/fanout.ts';
import { jitter } from './parts/jitter.ts';
import { latency } from './parts/latency.ts';
import { memory } from './parts/memory.ts';
import { proof } from './parts/proof.ts';
import { store } from './parts/store.ts';
import { storm } from './parts/storm.ts';
import { words } from './parts/words.ts';

export const parts: readonly Part[] = [
  fanout,
  latency,
  everyday,
  jitter,
  storm,
  batches,
  durable,
  memory,
  store,
  words,
];

export function partNamed(name: string): Part {
  const found = [...parts, proof].find((part) => part.name === name);
  if (found) return found;
  throw new Error(`no part "${name}"; there are: ${parts.map((one) => one.name).join(', ')}`);
}

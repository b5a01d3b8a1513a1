/** THE list of parts. */
import type { Part } from './part.ts';
import { durable } from './parts/durable.ts';
import { fanout } from './parts/fanout.ts';

export const parts: readonly Part[] = [fanout, durable];

export function partNamed(name: string): Part {
  const found = parts.find((part) => part.name === name);
  if (found) return found;
  throw new Error(`no part "${name}"; there are: ${parts.map((one) => one.name).join(', ')}`);
}

/** THE list of what is compared, in the order of the table. */
import type { Contender } from './contender.ts';
import { bareUws } from './contenders/bare-uws.ts';
import { chahua } from './contenders/chahua.ts';
import { chahuaNodes } from './contenders/chahua-nodes.ts';
import { socketIo } from './contenders/socket-io.ts';
import { socketIoRecovery } from './contenders/socket-io-recovery.ts';
import { wsLoop } from './contenders/ws-loop.ts';

export const contenders: readonly Contender[] = [bareUws, wsLoop, socketIo, socketIoRecovery, chahua];

/** Measured where `--only` names them. */
const apart: readonly Contender[] = [chahuaNodes];

export const ours = chahua;

export function contenderNamed(name: string): Contender {
  const all = [...contenders, ...apart];
  const found = all.find((contender) => contender.name === name);
  if (found) return found;
  throw new Error(`no contender "${name}"; there are: ${all.map((one) => one.name).join(', ')}`);
}

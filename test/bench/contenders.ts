/** THE list of what is compared, in the order of the table. */
import type { Contender } from './contender.ts';
import { bareUws } from './contenders/bare-uws.ts';
import { centrifugo } from './contenders/centrifugo.ts';
import { chahua } from './contenders/chahua.ts';
import { chahuaMongo } from './contenders/chahua-mongo.ts';
import { chahuaNodes, chahuaNodesMongo } from './contenders/chahua-nodes.ts';
import { sink } from './contenders/sink.ts';
import { socketIo } from './contenders/socket-io.ts';
import { socketIoRecovery } from './contenders/socket-io-recovery.ts';
import { wsLoop } from './contenders/ws-loop.ts';

export const contenders: readonly Contender[] = [
  bareUws,
  wsLoop,
  socketIo,
  socketIoRecovery,
  centrifugo,
  chahua,
  chahuaMongo,
  chahuaNodes,
  chahuaNodesMongo,
];

/** `sink` is no contender, but the generator is proved against it. */
export function contenderNamed(name: string): Contender {
  const found = [...contenders, sink].find((contender) => contender.name === name);
  if (found) return found;
  throw new Error(`no contender "${name}"; there are: ${contenders.map((one) => one.name).join(', ')}`);
}

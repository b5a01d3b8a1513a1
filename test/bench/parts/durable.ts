/** How many sends a second are acknowledged, and how long that takes. What the acknowledgement means is a column. */
import { flood, WINDOW } from '../flood.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';

export const durable: Part = {
  name: 'durable',
  title: 'one room, everybody sends 128-byte texts: sends acknowledged, as the column says',
  defaults: { sockets: 50, seconds: 4, warmUpSeconds: 1, rounds: 3 },
  quick: { seconds: 1.5, warmUpSeconds: 0.5 },
  quickWith: ['centrifugo', 'chahua', 'chahua-mongo', 'chahua-nodes'],
  columns: [
    { metric: 'ackedPerSecond', title: 'acked/s', scale: 1, digits: 0 },
    { metric: 'ackP50', title: 'ack p50 ms', scale: 1, digits: 1 },
    { metric: 'ackP99', title: 'ack p99 ms', scale: 1, digits: 1 },
    { metric: 'perSecond', title: 'deliveries/s (M)', scale: 1e6, digits: 3 },
    { metric: 'resent', title: 'sent again', scale: 1, digits: 0 },
    ...RIG_COLUMNS,
  ],
  suits: ({ ack }) => ack !== 'none',
  async generate(target, options) {
    const sample = await flood(target, options);
    return [{ shape: `${options.sockets} × ${WINDOW} in flight`, ...sample }];
  },
};

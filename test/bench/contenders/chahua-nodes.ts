/**
 * Ours on two nodes: the embedded store behind a hub, a real NATS between the nodes, half of the people on each. All
 * its processes share the one core that a contender gets, so what is measured is what a second node costs, not what a
 * second machine brings. CPU time and memory are those of the first node alone.
 */
import { spawn } from 'node:child_process';
import { NatsProcess } from '../../support/nats-process.ts';
import { Nodes } from '../../support/nodes.ts';
import type { Contender } from '../contender.ts';
import { chahua } from './chahua.ts';

const LIMITS = 'sends=10000/10000,requests=1000,members=100000';

export const chahuaNodes: Contender = {
  ...chahua,
  name: 'chahua-nodes',
  title: 'ours, two nodes over NATS',
  start: async (pin) => {
    const nats = await NatsProcess.open();
    const nodes = await Nodes.open(2, { NATS_URL: nats.url, LIMITS });
    for (const pid of [nats.pid, ...nodes.pids]) pinTo(pin, pid);
    return {
      url: `${nodes.url(0)} ${nodes.url(1)}`,
      pid: nodes.pids[1] ?? 0,
      restart: () => Promise.reject(new Error('not tried with two nodes')),
      stop: async () => {
        await nodes.close();
        await nats.kill();
      },
    };
  },
  openRoom: (urls) => chahua.openRoom(nodeOf(urls, 0)),
  connect: (urls, index) => chahua.connect(nodeOf(urls, index), index),
};

const nodeOf = (urls: string, index: number): string => urls.split(' ')[index % 2] ?? urls;

/** `['taskset', '-c', '0']`, for a process that runs already, with all its threads. */
function pinTo(pin: readonly string[], pid: number): void {
  const cores = pin.at(-1);
  if (cores !== undefined) spawn('taskset', ['-a', '-cp', cores, String(pid)], { stdio: 'ignore' });
}

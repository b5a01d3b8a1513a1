/**
 * What can go wrong, each as something that begins and is over by itself. Every fault says in a word what it did, so
 * that the run can be read afterwards. Those that end the server exclude each other; all else may happen at once.
 */
import type { TcpProxy } from '../support/tcp-proxy.ts';
import type { Random } from './random.ts';
import { sleep } from './robot.ts';
import type { Stage } from './stage.ts';

export interface Scene {
  stage: Stage;
  /** Between half of the robots and the server. */
  proxy: TcpProxy;
  random: Random;
}

export interface Fault {
  name: string;
  /** Needs the server for itself: no two of these at a time. */
  grips?: 'server' | 'network';
  /** Resolves when it is over. */
  strike(scene: Scene): Promise<void>;
}

const between = (random: Random, least: number, most: number): number => least + random.below(most - least);

export const faults: readonly Fault[] = [
  {
    name: 'kill -9',
    grips: 'server',
    async strike({ stage, random }) {
      stage.server.prepare();
      await sleep(random.below(200));
      await stage.server.kill9();
      await stage.restart();
    },
  },
  {
    name: 'SIGTERM and start',
    grips: 'server',
    async strike({ stage }) {
      stage.server.prepare();
      await stage.server.sigterm();
      await stage.restart();
    },
  },
  {
    name: 'server stands still',
    grips: 'server',
    async strike({ stage, random }) {
      stage.server.freeze();
      await sleep(between(random, 300, 2_500));
      stage.server.thaw();
    },
  },
  {
    name: 'reset of every connection',
    async strike({ proxy }) {
      proxy.cut();
      await sleep(50);
    },
  },
  {
    name: 'half-open',
    grips: 'network',
    async strike({ proxy, random }) {
      proxy.blackhole();
      await sleep(between(random, 500, 3_000));
      // Who was cut off silently is found out by deadlines longer than this run; the network ends it for them.
      proxy.cut();
      proxy.pass('up');
      proxy.pass('down');
    },
  },
  {
    name: 'answers are lost',
    grips: 'network',
    async strike({ proxy, random }) {
      proxy.swallow('down');
      await sleep(between(random, 50, 500));
      proxy.cut();
      proxy.pass('down');
    },
  },
  {
    name: 'cut in the middle of a frame',
    grips: 'network',
    async strike({ proxy, random }) {
      proxy.cutAfter(random.below(2) === 0 ? 'down' : 'up', random.below(5_000));
      await sleep(300);
      proxy.cut();
      proxy.pass('up');
      proxy.pass('down');
    },
  },
  {
    name: 'slow network',
    async strike({ proxy, random }) {
      proxy.delay(between(random, 20, 300));
      await sleep(between(random, 500, 2_000));
      // Bytes that are on their way must not be overtaken by those that come without a delay.
      proxy.cut();
      proxy.delay(0);
    },
  },
  {
    name: 'bytes one by one',
    async strike({ proxy }) {
      proxy.split(1);
      await sleep(1_000);
      proxy.split(Number.POSITIVE_INFINITY);
    },
  },
  {
    name: 'a reader stands still',
    async strike({ stage, random }) {
      const robot = stage.robots[random.below(stage.robots.length)];
      robot?.pause();
      await sleep(between(random, 200, 2_000));
      robot?.resume();
    },
  },
];

/** Strikes two at a time until the time is over. @returns what it did, in order */
export async function torment(scene: Scene, seconds: number): Promise<string[]> {
  const done: string[] = [];
  const gripped = new Set<string>();
  const until = performance.now() + seconds * 1_000;
  const hand = async (): Promise<void> => {
    while (performance.now() < until) {
      const free = faults.filter(({ grips }) => grips === undefined || !gripped.has(grips));
      const fault = free[scene.random.below(free.length)]!;
      if (fault.grips) gripped.add(fault.grips);
      done.push(fault.name);
      await fault.strike(scene);
      if (fault.grips) gripped.delete(fault.grips);
      await sleep(scene.random.below(300));
    }
  };
  await Promise.all([hand(), hand()]);
  return done;
}

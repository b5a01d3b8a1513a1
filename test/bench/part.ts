/**
 * What a part of the benchmark is: how it puts load on one server, and what it reports. main.ts runs any part with
 * any contenders; a new part is one file under parts/ and a line in parts.ts.
 */
import type { Contender } from './contender.ts';
import type { DeliveryFaults } from './deliveries.ts';

export interface Options {
  sockets: number;
  /** Measured, after the warm-up. */
  seconds: number;
  warmUpSeconds: number;
  /** Of the largest room, where a part fills rooms. */
  entries?: number;
}

/** One figure each of one run of one shape of load. */
export interface Sample {
  /** `32 in flight`. */
  shape: string;
  metrics: Record<string, number>;
  /** What a number cannot say, such as why a climb ended. */
  note?: string;
  /** What led to a loss, for whoever is to find out why; in words, times in milliseconds since the first message. */
  history?: string[];
  /** Over the whole session, warm-up included. */
  faults: DeliveryFaults;
}

export interface Column {
  metric: string;
  title: string;
  /** What the figure is divided by, and how many digits follow the point. */
  scale: number;
  digits: number;
}

export interface Target {
  contender: Contender;
  url: string;
  /** Those of the server (contender.ts, Served). */
  readonly pids: readonly number[];
  /** Ends the server with SIGTERM and starts it again; resolves when it listens. */
  restart(): Promise<void>;
}

export interface Part {
  name: string;
  title: string;
  defaults: Options & { rounds: number };
  /** Instead of them for a quick look. */
  quick: Partial<Options>;
  /** Names of contenders for a quick look, where not those that the others are held against. */
  quickWith?: readonly string[];
  columns: readonly Column[];
  /** Losing is what is measured, and what a contender that keeps nothing does: it does not fail the run, but ours. */
  mayLose?: true;
  /** The shape of proof (parts/proof.ts) that a shape of this part is held against; absent: none, or the same. */
  provedAs?(shape: string): string;
  /** The generator's strength counts: it is proved first. */
  wantsProof?: true;
  suits(contender: Contender): boolean;
  /** Runs in the generator's process, against a server that has just started. */
  generate(target: Target, options: Options): Promise<Sample[]>;
}

/** Columns that every part has: how honest the figure is. */
export const RIG_COLUMNS: readonly Column[] = [
  { metric: 'serverCores', title: 'server cores', scale: 1, digits: 2 },
  { metric: 'generatorCores', title: 'generator cores', scale: 1, digits: 2 },
  { metric: 'otherCores', title: 'other cores', scale: 1, digits: 2 },
  { metric: 'residentBytes', title: 'RSS MB', scale: 1e6, digits: 0 },
];

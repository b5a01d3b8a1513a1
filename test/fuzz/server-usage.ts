/** What a server holds and how late its event loop is, asked of the system and of its own metrics. */
import { readdirSync } from 'node:fs';
import { residentBytesOf } from '../bench/machine.ts';
import type { ServerProcess } from '../support/server-process.ts';

export interface Usage {
  /** File descriptors, and bytes of resident memory; 0 where the system does not tell. */
  descriptors: number;
  residentBytes: number;
  /** That the server counts as open. */
  sockets: number;
  /** p99 since it was asked last, in ms. */
  loopDelayMs: number;
}

/** The timer that measures the delay is due every 10 ms; only what is above is delay. */
const LOOP_TIMER_MS = 10;

export async function usageOf(server: ServerProcess): Promise<Usage> {
  const text = await (await fetch(`${server.admin}/metrics`)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
  const isLinux = process.platform === 'linux';
  return {
    descriptors: isLinux ? readdirSync(`/proc/${server.pid}/fd`).length : 0,
    residentBytes: isLinux ? residentBytesOf([server.pid]) : 0,
    sockets: figure('chahua_sockets'),
    loopDelayMs: Math.max(0, figure('nodejs_eventloop_lag_p99_seconds') * 1_000 - LOOP_TIMER_MS),
  };
}

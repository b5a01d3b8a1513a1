/**
 * What Linux says about processes and the machine: CPU time from /proc, where programs are pinned, and the line that
 * belongs to every result. Owns the cores: the server has 0, the generator has 1.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export const SERVER_CORE = ['taskset', '-c', '0'];
export const GENERATOR_CORE = ['taskset', '-c', '1'];

/** Throws one line where the benchmark cannot be run. */
export function requireRig(): void {
  if (process.platform !== 'linux' || cpus().length < 2)
    throw new Error('the benchmark needs Linux and two cores');
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' });
  } catch {
    throw new Error('the benchmark needs taskset (Debian package util-linux)');
  }
}

/** What a process may open here; a server and its clients are two processes, so each has all of it. */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const [, hard] = /Max open files\s+\d+\s+(\d+)/.exec(limits) ?? [];
  return hard === undefined ? Infinity : Number(hard);
}

/** USER_HZ: what /proc counts in. It is 100 on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU, user and system, of all threads the processes have had. */
export const cpuSecondsOf = (pids: readonly number[]): number => sumOf(pids.map(cpuSecondsOfOne));

function cpuSecondsOfOne(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name of the program is in brackets and may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const residentBytesOf = (pids: readonly number[]): number => sumOf(pids.map(residentBytesOfOne));

function residentBytesOfOne(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** Seconds of CPU that all processes of the machine have used. */
function cpuSecondsOfAll(): number {
  const [user, nice, system] = readFileSync('/proc/stat', 'latin1').split('\n')[0]!.split(/\s+/).slice(1);
  return (Number(user) + Number(nice) + Number(system)) / TICKS_PER_SECOND;
}

export interface Usage {
  /** Wall time. */
  seconds: number;
  serverCpuSeconds: number;
  generatorCpuSeconds: number;
  /** Of all else on the machine; above 0.05 cores the figure is disturbed. */
  otherCores: number;
  serverResidentBytes: number;
}

/** Measures from now until the call of what it returns; runs in the generator. */
export function startMeter(serverPids: readonly number[]): () => Usage {
  const read = () => {
    const { user, system } = process.cpuUsage();
    const [server, generator] = [cpuSecondsOf(serverPids), (user + system) / 1e6];
    return { at: performance.now(), server, generator, all: cpuSecondsOfAll() };
  };
  const from = read();
  return () => {
    const to = read();
    const seconds = (to.at - from.at) / 1000;
    const serverCpuSeconds = to.server - from.server;
    const generatorCpuSeconds = to.generator - from.generator;
    const other = to.all - from.all - serverCpuSeconds - generatorCpuSeconds;
    return {
      seconds,
      serverCpuSeconds,
      generatorCpuSeconds,
      otherCores: Math.max(0, other / seconds),
      serverResidentBytes: residentBytesOf(serverPids),
    };
  };
}

/** The columns that every part has (part.ts, RIG_COLUMNS). */
export function rigMetrics(usage: Usage): Record<string, number> {
  return {
    serverCores: usage.serverCpuSeconds / usage.seconds,
    generatorCores: usage.generatorCpuSeconds / usage.seconds,
    otherCores: usage.otherCores,
    residentBytes: usage.serverResidentBytes,
  };
}

export function loadAverage(): string {
  return readFileSync('/proc/loadavg', 'latin1').trim();
}

export function machineLine(): string {
  const [first, ...rest] = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(1);
  return `${rest.length + 1} × ${first!.model.trim()}, ${gigabytes} GiB, Linux ${release()}, Node ${process.version}`;
}

export function commit(): string {
  try {
    const hash = execFileSync('git', ['rev-parse', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const changed = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim() !== '';
    return hash.trim() + (changed ? ' with changes' : '');
  } catch {
    return 'none';
  }
}

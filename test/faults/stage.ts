/**
 * One run of a fault test: a server process, a room, robots in it, their history, and the verdict at the end. Promises
 * to print the violations and how to have them again when the verdict is bad, to keep the history of such a run, and to
 * leave no process behind.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { allCheckers, BUSY, PROMISED } from './checkers.ts';
import { History, sightOf } from './history.ts';
import { random, type Random } from './random.ts';
import { Robot } from './robot.ts';

/** Not the limit on sends is on trial here. */
const LIMITS = 'sends=10000/10000';
/** Violations shown of a bad run. */
const SHOWN = 20;
/** Histories of runs that went wrong. */
const RESULTS = join(import.meta.dirname, 'results');
/** For a machine that is busy with something else. */
const SETTLE_MS = 20_000;

/** Robots in a room and what they did. */
export interface Cast {
  readonly room: string;
  readonly history: History;
  readonly robots: readonly Robot[];
}

/** `url`: where the log is read at the end, by a member called owner. */
export async function judge({ room, history, robots }: Cast, url: string): Promise<string[]> {
  history.record({ type: 'calm' });
  await Promise.all(robots.map((robot) => robot.until(() => robot.waiting === 0, SETTLE_MS)));
  const { access } = await login(url, 'owner');
  const reader = await RawClient.connect(url);
  await reader.hello({ token: access });
  const log = await reader.history(room);
  await reader.close();
  const head = log.at(-1)?.seq ?? 0;
  await Promise.allSettled(robots.map((robot) => robot.until(() => robot.seen >= head, SETTLE_MS)));
  for (const entry of log) history.record({ type: 'final', ...sightOf(room, entry) });
  return allCheckers(process.env['FAULT_BOUNDS'] === 'promised' ? PROMISED : BUSY).flatMap((check) =>
    check(history.events),
  );
}

export class Stage {
  readonly server: ServerProcess;
  readonly room: string;
  readonly history = new History();
  readonly random: Random = random();
  readonly robots: Robot[] = [];
  readonly #file: string;

  private constructor(server: ServerProcess, room: string, file: string) {
    this.server = server;
    this.room = room;
    this.#file = file;
  }

  /** Everything is gone again after the test. */
  static async set(t: TestContext, env: Record<string, string> = {}): Promise<Stage> {
    const server = await ServerProcess.start({ env: { LIMITS, ...env } });
    t.after(() => server.stop());
    const { client } = await RawClient.arrive(server.url, 'owner');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'faults', open: true });
    await client.close();
    const stage = new Stage(server, room.id, relative(process.cwd(), t.filePath ?? ''));
    t.after(async () => {
      await Promise.all(stage.robots.map((robot) => robot.stop()));
    });
    t.diagnostic(`FAULT_SEED=${stage.random.seed}`);
    return stage;
  }

  async robot(name: string, device = name): Promise<Robot> {
    const robot = await Robot.start({
      url: this.server.url,
      name,
      device,
      room: this.room,
      history: this.history,
    });
    this.robots.push(robot);
    return robot;
  }

  crowd(prefix: string, count: number): Promise<Robot[]> {
    return Promise.all(Array.from({ length: count }, (_, index) => this.robot(`${prefix}${index}`)));
  }

  /** Nobody is cut off for good: on the same data, on the same port. */
  async restart(): Promise<void> {
    await this.server.restart();
    this.history.record({ type: 'restart' });
  }

  /** Waits until all have everything, then puts the history before the checkers. Gives the violations. */
  judge(): Promise<string[]> {
    return judge(this, this.server.url);
  }

  /** Fails unless everything promised was kept. */
  async verdict(): Promise<void> {
    const violations = await this.judge();
    if (violations.length === 0) return;
    const { seed } = this.random;
    mkdirSync(RESULTS, { recursive: true });
    const kept = join(RESULTS, `${seed}.jsonl`);
    writeFileSync(kept, this.history.toJsonLines());
    const again = `again: FAULT_BOUNDS=${process.env['FAULT_BOUNDS'] ?? 'busy'} FAULT_SEED=${seed} npm test -- ${this.#file}; all that happened: ${kept}`;
    const lines = [`${violations.length} violations`, again, ...violations];
    assert.fail(lines.slice(0, SHOWN).join('\n'));
  }
}

/** `npm start` as scripts and supervisors use it: who ends npm ends the server, in order, and can start it again. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A server that nobody told to end would keep a test waiting for ever. */
const OPTIONS = { skip: process.platform === 'win32', timeout: 60_000 };

interface Started {
  npm: ChildProcess;
  /** Process id of the server itself. */
  server: number;
  /** Lines of the log so far. */
  log: string[];
  logEnded: Promise<void>;
}

/** In a process group of its own, with what the machine's npm is, as a person would have it. */
async function npmStart(t: TestContext): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-npm-start-'));
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: { ...process.env, PORT: '0', ADMIN_PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const log: string[] = [];
  const lines = createInterface({ input: npm.stdout });
  const logEnded = once(lines, 'close').then(() => undefined);
  const listening = new Promise<number>((resolve, reject) => {
    void logEnded.then(() => reject(new Error(`the server did not start: ${log.join('\n')}`)));
    lines.on('line', (line) => {
      log.push(line);
      if (line.includes('"listening"')) resolve((JSON.parse(line) as { pid: number }).pid);
    });
  });
  t.after(() => {
    if (npm.pid !== undefined) signal(-npm.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return { npm, server: await listening, log, logEnded };
}

/** @returns whether there was such a process, or group of processes */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const endings = { 'npm alone': (npm: number) => npm, 'the whole group': (npm: number) => -npm };
for (const [whom, target] of Object.entries(endings)) {
  test(
    `SIGTERM to ${whom}: npm ends after the server has, and the server ends in order`,
    OPTIONS,
    async (t) => {
      const { npm, server, log, logEnded } = await npmStart(t);
      const exited = once(npm, 'exit');
      signal(target(npm.pid!), 'SIGTERM');
      await exited;
      assert.equal(signal(server, 0), false, 'the server outlives npm');
      await logEnded;
      assert.match(log.at(-1) ?? '', /"stopped"/);
    },
  );
}

test('npm was killed, and can tell nobody: the server ends in order all the same', OPTIONS, async (t) => {
  const { npm, log, logEnded } = await npmStart(t);
  signal(npm.pid!, 'SIGKILL');
  await logEnded;
  assert.match(log.at(-1) ?? '', /"stopped"/);
});

/** M2: the power goes. What had been acknowledged by then is on the disk as it is left, and the server starts on it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { RawClient, Refused } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { plant } from './plants/plant.ts';
import { imageAt, readTrace, STRACE, toHex, type Trace } from './power-loss.ts';
import { random } from './random.ts';

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const skip = canTrace ? false : 'strace is not here, or may not trace: no power cut was tried';

/** Power cuts tried on one trace; `npm run faults` tries more. */
const CUTS = Number(process.env['FAULT_CUTS'] ?? 2);
const MESSAGES = 40;

interface Acknowledged {
  cid: string;
  seq: number;
  /** The line of the trace in which the answer left. */
  line: number;
}

interface Run {
  trace: Trace;
  room: string;
  acknowledged: Acknowledged[];
  dataDir: string;
}

/** A server under strace that is talked to, some messages at a time, and killed while it still writes. */
async function run(t: TestContext, env: Record<string, string> = {}): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-trace-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'trace');
  const server = await ServerProcess.start({
    prefix: [...STRACE, '-o', file],
    env: { LIMITS: 'sends=10000/10000', ...env },
  });
  t.after(() => server.stop());
  const { client } = await RawClient.arrive(server.url, 'alice');
  const { room } = await client.ask('room.create', { kind: 'group', name: 'durable' });
  const answers: { cid: string; seq: number; ts: number }[] = [];
  const send = async (count: number) => {
    const cid = `c-${count}`;
    const { seq, ts } = await client.sendText(room.id, cid, `words of message ${count}`);
    answers.push({ cid, seq, ts });
  };
  for (let count = 0; count < MESSAGES; count += 4) {
    await Promise.all([0, 1, 2, 3].map((more) => send(count + more)));
  }
  // Nobody waits for these: they are under way when the process dies.
  for (let count = 0; count < 8; count++)
    client.sendText(room.id, `late-${count}`, 'late').catch(() => undefined);
  await server.kill9(); // strace ends with it
  const trace = readTrace(readFileSync(file, 'latin1'));
  const acknowledged = answers.map(({ cid, seq, ts }) => {
    const ack = toHex(`"ok":true,"body":{"seq":${seq},"ts":${ts}`);
    const left = trace.leaving.find(({ text }) => text.includes(ack));
    assert.ok(left, `the trace has no acknowledgement of ${cid}`);
    return { cid, seq, line: left.line };
  });
  return { trace, room: room.id, acknowledged, dataDir: server.dataDir };
}

/** Starts a server on what the disk holds after a cut at that line. Gives C1's violations. */
async function afterCut(
  t: TestContext,
  { trace, room, acknowledged, dataDir }: Run,
  line: number,
  some: boolean,
) {
  const dice = random();
  const files = imageAt(trace, line, () => some && dice.below(2) === 0);
  const folder = mkdtempSync(join(tmpdir(), 'chahua-image-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of files) {
    // The index of the log is shared memory, which no power cut leaves behind.
    if (dirname(path) === dataDir && !path.endsWith('-shm'))
      writeFileSync(join(folder, basename(path)), bytes);
  }
  const server = await ServerProcess.start({ env: { DATA_DIR: folder } });
  t.after(() => server.stop());
  const { client } = await RawClient.arrive(server.url, 'alice');
  const log = await client.history(room).catch((error: unknown) => {
    if (error instanceof Refused) return []; // not even the room is there
    throw error;
  });
  await client.close();
  await server.stop();
  const stored = new Map(log.map(({ seq, cid }) => [seq, cid]));
  const due = acknowledged.filter((one) => one.line <= line);
  const lost = due
    .filter(({ seq, cid }) => stored.get(seq) !== cid)
    .map(({ seq, cid }) => `C1: ${cid} was acknowledged at ${seq} and is not there`);
  const gaps = log
    .filter(({ seq }, index) => seq !== index + 1)
    .map(({ seq }) => `C3: ${seq} is out of place`);
  return { due: due.length, violations: [...lost, ...gaps] };
}

/** Right after some of the answers had left, and at the end. */
function lines({ acknowledged }: Run): number[] {
  const dice = random();
  const chosen = Array.from({ length: CUTS - 1 }, () => acknowledged[dice.below(acknowledged.length)]!.line);
  return [...chosen, Infinity];
}

test(
  `M2 after ${CUTS} power cuts every message that was acknowledged by then is there`,
  { skip },
  async (t) => {
    const traced = await run(t);
    assert.equal(traced.acknowledged.length, MESSAGES);
    for (const line of lines(traced)) {
      for (const some of [false, true]) {
        const { due, violations } = await afterCut(t, traced, line, some);
        assert.deepEqual(
          violations,
          [],
          `cut at line ${line}, ${some ? 'some' : 'none'} of the rest survives`,
        );
        assert.ok(due > 0);
      }
    }
  },
);

test('a server that acknowledges before the fsync is noticed when the power goes', { skip }, async (t) => {
  const traced = await run(t, plant('unsynced'));
  const { due, violations } = await afterCut(t, traced, Infinity, false);
  assert.equal(due, MESSAGES);
  assert.equal(violations.filter((one) => one.startsWith('C1')).length, MESSAGES);
});

describe('what a disk holds after a power cut', () => {
  const write = (text: string, offset: number, more = ' = 1') =>
    `7 pwrite64(5</d/db>, "${toHex(text)}", ${text.length}, ${offset}${more === '' ? ' <unfinished ...>' : `)${more}`}`;
  const sync = '7 fdatasync(5</d/db>) = 0';
  const held = (...rows: string[]) =>
    imageAt(readTrace(rows.join('\n')), Infinity)
      .get('/d/db')
      ?.toString() ?? null;

  test('what was written before the fsync, and nothing after it', () => {
    assert.equal(held(write('one', 0), sync, write('two', 3)), 'one');
    assert.equal(held(write('one', 0), write('n', 0), sync), 'nne');
    assert.equal(held(write('one', 0)), null);
  });

  test('an fsync that has not returned, or of another file, covers nothing', () => {
    assert.equal(held(write('one', 0), '7 fdatasync(5</d/db> <unfinished ...>'), null);
    assert.equal(held(write('one', 0), '7 fsync(6</d/other>) = 0'), null);
    assert.equal(
      held(
        write('one', 0),
        '7 fsync(5</d/db> <unfinished ...>',
        '8 fsync(6</d/x>) = 0',
        '7 <... fsync resumed>) = 0',
      ),
      'one',
    );
  });

  test('a write that was under way when the fsync began is not covered', () => {
    assert.equal(held('8' + write('one', 0, '').slice(1), sync, '8 <... pwrite64 resumed>) = 3'), null);
  });

  test('a truncated file is as short as it was made, a removed one is gone', () => {
    assert.equal(held(write('three', 0), '7 ftruncate(5</d/db>, 2) = 0', sync), 'th');
    assert.equal(held(write('three', 0), sync, `7 unlink("${toHex('/d/db')}") = 0`), null);
  });
});

/** `--workers`: real processes on one port, over the embedded store; some of them are killed. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Roll } from '../../server/domain/nodes.ts';
import { adminOf } from '../support/admin.ts';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const LIMITS = 'sends=10000/10000';

interface Family {
  hub: number;
  /** By number. */
  workers: Map<number, number>;
}

/** The supervisor's processes, as the system has them. */
async function family(server: ServerProcess): Promise<Family> {
  const task = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  const found: Family = { hub: 0, workers: new Map() };
  for (const pid of task.trim().split(' ').map(Number)) {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    const name = args[args.indexOf('--child') + 1] ?? '';
    if (name === 'hub') found.hub = pid;
    else found.workers.set(Number(name), pid);
  }
  return found;
}

/** Real time: there are other processes to wait for. */
async function until(what: string, holds: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const due = performance.now() + limitMs;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > due) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const figure = async (admin: string, name: string): Promise<number> => {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
};

test('two workers serve one port as one server; who is killed is back, and SIGTERM ends all in order', async (t) => {
  const server = await ServerProcess.start({ args: ['--workers', '2'], env: { LIMITS } });
  t.after(() => server.stop());
  const { url, admin } = server;

  const crowd = await Promise.all(Array.from({ length: 12 }, (_, i) => RawClient.arrive(url, `guest${i}`)));
  const [first] = crowd;
  assert.ok(first);
  const lobby = first.hello.rooms[0]?.id ?? '';
  assert.equal(await figure(admin, 'chahua_sockets'), 12, 'the figures are those of both workers');

  const { seq } = await first.client.sendText(lobby, 'c1', 'to everybody');
  for (const { client } of crowd) {
    await client.until('the text', () => client.entries(lobby).some((entry) => entry.seq === seq), 5_000);
  }

  const { workers, hub } = await family(server);
  const lost = Promise.all(
    crowd.map(({ client }) => Promise.race([client.closed.then(() => true), pause(1_500)])),
  );
  process.kill(workers.get(2) ?? 0, 'SIGKILL');
  const cut = (await lost).filter((isLost) => isLost === true).length;
  assert.ok(cut < crowd.length, 'those on the other worker stay');
  t.diagnostic(`${cut} of ${crowd.length} were on the worker that was killed`);
  await until('worker 2 is back', async () => {
    const now = await family(server);
    return now.workers.has(2) && now.workers.get(2) !== workers.get(2);
  });

  process.kill(hub, 'SIGKILL');
  await until('the hub is back', async () => {
    const now = await family(server);
    return now.hub !== 0 && now.hub !== hub;
  });
  await until('a send is stored', async () => {
    // Whoever was just arriving when the store went is asked to come back.
    const { client } = await RawClient.arrive(url, 'guest0');
    await client.sendText(lobby, 'c2', 'after');
    const log = await client.history(lobby);
    await client.close();
    assert.deepEqual(
      log.map((entry) => entry.seq),
      log.map((_, at) => at + 1),
    );
    return log.filter(({ cid }) => cid === 'c1' || cid === 'c2').length === 2;
  });

  const { client: last } = await RawClient.arrive(url, 'guest0');
  const left = await family(server);
  const began = performance.now();
  const exited = server.sigterm();
  assert.equal((await last.closed).code, 1012, 'everybody is said goodbye to');
  assert.equal(await exited, 0);
  assert.ok(performance.now() - began < 10_000);
  for (const pid of [left.hub, ...left.workers.values()])
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('while the hub is frozen sends are UNAVAILABLE within 2 s, sockets stay, and then all is stored once', async (t) => {
  const server = await ServerProcess.start({ args: ['--workers', '2'], env: { LIMITS } });
  t.after(() => server.stop());
  const [ann, bob] = [await RawClient.arrive(server.url, 'ann'), await RawClient.arrive(server.url, 'bob')];
  const lobby = ann.hello.rooms[0]?.id ?? '';
  await ann.client.sendText(lobby, 'before', 'before');
  const { hub } = await family(server);

  process.kill(hub, 'SIGSTOP');
  // Whatever becomes of the test.
  t.after(() => process.kill(hub, 'SIGCONT'));
  const cids: string[] = [];
  let slowest = 0;
  for (const due = performance.now() + 5_000; performance.now() < due;) {
    const cid = `c${cids.length}`;
    cids.push(cid);
    const began = performance.now();
    const reply = await ann.client.request('message.send', textOf(lobby, cid));
    slowest = Math.max(slowest, performance.now() - began);
    assert.ok(!reply.ok && reply.error.code === 'UNAVAILABLE', JSON.stringify(reply));
    await bob.client.ask('session.ping', {});
    await pause(100);
  }
  t.diagnostic(`the slowest refusal took ${slowest.toFixed(0)} ms`);
  assert.ok(slowest < 2_000, `${slowest} ms`);

  process.kill(hub, 'SIGCONT');
  const began = performance.now();
  for (const cid of cids) {
    while (!(await ann.client.request('message.send', textOf(lobby, cid))).ok) await pause(50);
  }
  t.diagnostic(
    `${cids.length} sends were stored ${(performance.now() - began).toFixed(0)} ms after it was thawed`,
  );
  assert.ok(performance.now() - began < 5_000);
  const stored = (await bob.client.history(lobby)).flatMap(({ cid }) => cid ?? []);
  assert.deepEqual(stored.toSorted(), ['before', ...cids].toSorted());
  await bob.client.until('all of it', () => bob.client.entries(lobby).length > cids.length, 5_000);
  await Promise.all([ann.client.close(), bob.client.close()]);
});

test('whoever asks one worker for the status hears of all, and of one that does not answer', async (t) => {
  const server = await ServerProcess.start({ args: ['--workers', '2'], env: { LIMITS } });
  t.after(() => server.stop());
  const crowd = await Promise.all(Array.from({ length: 4 }, (_, i) => RawClient.arrive(server.url, `g${i}`)));
  const admin = adminOf({ dataDir: server.dataDir, adminUrl: server.admin });
  const status = async () => (await admin.get('/status')).body as unknown as Roll;
  await until('both are known', async () => (await status()).nodes.length === 2);
  const { nodes, silent } = await status();
  assert.deepEqual(
    nodes.map(({ name }) => name.replace(/^.*#/, '')),
    ['1', '2'],
  );
  assert.equal(
    nodes.reduce((sum, { sockets }) => sum + sockets, 0),
    crowd.length,
  );
  assert.ok(nodes.every((node) => node.store.up && node.bus.up && node.version === nodes[0]?.version));
  assert.deepEqual(silent, []);

  const frozen = (await family(server)).workers.get(2) ?? 0;
  process.kill(frozen, 'SIGSTOP');
  const now = await status();
  process.kill(frozen, 'SIGCONT');
  assert.deepEqual(
    now.nodes.map(({ id }) => id),
    [nodes[0]?.id],
  );
  assert.deepEqual(
    now.silent.map(({ id }) => id),
    [nodes[1]?.id],
  );
  await Promise.all(crowd.map(({ client }) => client.cut()));
});

test('where the supervisor is killed its processes end by themselves', async (t) => {
  const server = await ServerProcess.start({ args: ['--workers', '2'] });
  t.after(() => server.stop());
  const { workers, hub } = await family(server);
  await server.kill9();
  await until('they are gone', () =>
    Promise.resolve(
      [hub, ...workers.values()].every((pid) => {
        try {
          return !process.kill(pid, 0);
        } catch {
          return true;
        }
      }),
    ),
  );
});

test('a port that somebody has is not shared with them', async (t) => {
  const first = await ServerProcess.start();
  t.after(() => first.stop());
  const { port } = new URL(first.url);
  await assert.rejects(
    ServerProcess.start({ args: ['--workers', '2'], env: { PORT: port } }),
    /is the port taken/,
  );
});

const textOf = (room: string, cid: string) => ({ room, cid, kind: 'text', body: { text: cid } });

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}

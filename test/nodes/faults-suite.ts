/**
 * M7, M8, M19, M20 on two nodes: many people write into one room while bus messages are lost, the bus
 * stands still for ten seconds, and a node is killed with -9. Every acknowledged entry once, gapless, in one order at
 * every client and in the store.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { History } from '../faults/history.ts';
import { Robot, sleep } from '../faults/robot.ts';
import { judge } from '../faults/stage.ts';
import { LossyNats } from '../support/lossy-nats.ts';
import { NatsProcess } from '../support/nats-process.ts';
import { Nodes } from '../support/nodes.ts';
import { RawClient } from '../support/raw-client.ts';

const FROZEN_MS = 10_000;
const AT_ONCE = 10;
/** Batches make bus messages few; one in a hundred is what must be stood. */
const ONE_IN = 20;

/** `env`: which store the nodes share; none: the embedded one, behind a hub. */
export async function nothingIsLost(
  t: TestContext,
  { writers, env = {} }: { writers: number; env?: Record<string, string> },
): Promise<void> {
  const nats = await NatsProcess.start(t);
  if (!nats) return;
  const lossy = await LossyNats.listen(nats.url, ONE_IN);
  t.after(() => lossy.close());
  const nodes = await Nodes.start(t, 2, { NATS_URL: lossy.url, LIMITS: 'sends=10000/10000', ...env });
  const { client } = await RawClient.arrive(nodes.url(0), 'owner');
  const { room } = await client.ask('room.create', { kind: 'group', name: 'faults', open: true });
  await client.close();

  const history = new History();
  let isOneDead = false;
  const robots: Robot[] = [];
  t.after(() => Promise.all(robots.map((robot) => robot.stop())));
  const arrive = async (i: number): Promise<void> => {
    const url = (): string => nodes.url(isOneDead ? 0 : i % 2);
    robots.push(await Robot.start({ url, name: `writer${i}`, room: room.id, history }));
  };
  // A few at a time, as people come; not how fast they do is on trial.
  for (let i = 0; i < writers; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, writers - i) }, (_, k) => arrive(i + k));
    const failed = (await Promise.allSettled(some)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }
  let said = 0;
  const sayAll = (): void => {
    said += 1;
    for (const robot of robots) robot.say(`number ${said} of ${robot.name}`);
  };

  sayAll();
  sayAll();
  nats.freeze();
  for (let waited = 0; waited < FROZEN_MS; waited += 1_000) {
    sayAll();
    await sleep(1_000);
  }
  nats.thaw();
  sayAll();
  isOneDead = true;
  await nodes.kill9(1);
  history.record({ type: 'restart' });
  sayAll();
  await nodes.begin(1);
  isOneDead = false;
  sayAll();

  const violations = await judge({ room: room.id, history, robots }, nodes.url(1));
  t.diagnostic(`${said * writers} messages; ${lossy.lost} of ${lossy.lost + lossy.passed} bus messages lost`);
  assert.deepEqual(violations.slice(0, 20), [], `${violations.length} violations`);
  assert.ok(lossy.lost > 0, 'some bus messages were lost');
}

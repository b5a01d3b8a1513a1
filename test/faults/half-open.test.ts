/** M9 and M26: the network, or the server itself, falls silent without a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { login, RawClient } from '../support/raw-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startStill } from '../support/still-server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { sleep } from './robot.ts';
import { Stage } from './stage.ts';

/** Silence is looked for every quarter of a heartbeat, at most twice a second. */
const LOOK_MS = 500;

test('a socket whose network is gone is freed after 2 × heartbeat, its peer is told, and it can come back', async (t) => {
  const { url, clock } = await startStill(t);
  const proxy = await TcpProxy.listen(url);
  t.after(() => proxy.close());
  const bob = await login(url, 'bob');
  const { client: alice, hello } = await RawClient.arrive(url, 'alice');
  await alice.ask('room.open', { user: bob.user.id });
  const lastOfBob = () => alice.pushed('presence').findLast(({ user }) => user === bob.user.id);
  const arriveAsBob = async () => {
    const client = await RawClient.connect(proxy.url);
    await client.hello({ token: bob.access });
    await alice.until('bob is online', () => lastOfBob()?.online === true);
    return client;
  };
  const bobClient = await arriveAsBob();

  proxy.blackhole();
  const limitMs = 2 * hello.heartbeatMs;
  clock.advance(limitMs - 1);
  await alice.ask('session.ping', {});
  assert.equal(lastOfBob()?.online, true, 'he was not silent for long enough');
  clock.advance(LOOK_MS);
  await alice.until('bob is offline', () => lastOfBob()?.online === false);
  assert.equal(bobClient.ended, false, 'nobody could tell him');

  proxy.cut();
  proxy.pass('up');
  proxy.pass('down');
  const back = await arriveAsBob();
  await Promise.all([back.close(), alice.close()]);
});

/** A process that is stopped and goes on: time has passed, its timers have not run. */
class StallingClock extends ManualClock {
  #stalled = 0;

  override monotonic(): number {
    return super.monotonic() + this.#stalled;
  }

  stall(ms: number): void {
    this.#stalled += ms;
  }
}

test('after a stall of the server whoever spoke meanwhile is heard before anybody is called silent', async (t) => {
  const clock = new StallingClock();
  const { url } = await startStill(t, {}, clock);
  const [{ client: talker, hello }, { client: silent }] = [
    await RawClient.arrive(url, 'alice'),
    await RawClient.arrive(url, 'bob'),
  ];
  const answer = talker.ask('session.ping', {});
  clock.stall(2 * hello.heartbeatMs);
  clock.advance(LOOK_MS);
  await answer;
  clock.advance(LOOK_MS);
  assert.equal((await silent.closed).code, 4408);
  await talker.ask('session.ping', {});
  await talker.close();
});

test(
  'a server that stood still for longer than silence is allowed loses nobody who spoke meanwhile, and nothing',
  { skip: process.platform === 'win32' && 'a process cannot be stopped there' },
  async (t) => {
    const heartbeatMs = 1_000;
    const stage = await Stage.set(t, { HEARTBEAT_MS: String(heartbeatMs) });
    const robots = await stage.crowd('talker', 5);
    let count = 0;
    const talking = setInterval(() => robots.forEach((robot) => robot.say(`number ${++count}`)), 100);
    t.after(() => clearInterval(talking));
    await sleep(300);
    stage.server.freeze();
    await sleep(2 * heartbeatMs + 500);
    stage.server.thaw();
    const frozen = count;
    await robots[0]!.until(() => robots.every(({ settled }) => settled * robots.length > frozen), 10_000);
    await sleep(heartbeatMs); // all that is looked at has been looked at
    for (const robot of robots) assert.deepEqual(robot.goodbyes, []);
    clearInterval(talking);
    await stage.verdict();
  },
);

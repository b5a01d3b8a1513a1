/** Which nodes there are: each is asked, one that does not answer is told as silent, one that stopped is not there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalBus } from '../../server/bus/local.ts';
import { ANSWER_MS, BEAT_MS, FORGET_MS, Nodes } from '../../server/domain/nodes.ts';
import type { Bus, BusMessage } from '../../server/domain/ports.ts';
import { ManualClock } from '../support/manual-clock.ts';

const STATUS = {
  version: '0.1.0',
  uptimeSeconds: 5,
  sockets: 1,
  users: 1,
  rooms: 1,
  sendsPerSecond: 0,
  store: { up: true, ms: 1 },
  bus: { up: true, ms: 1 },
};

/** Nodes on one bus; `cut`: what a node says is lost. */
function setUp() {
  const clock = new ManualClock();
  const local = new LocalBus();
  const cut = new Set<string>();
  const asked: string[] = [];
  function start(name: string, isAlone = false): Nodes {
    const bus: Bus = {
      isAlone,
      isAway: false,
      publish: (subject: string, message: BusMessage) => {
        if (!cut.has(name)) local.publish(subject, message);
      },
      subscribe: (subject, listener) => local.subscribe(subject, listener),
      onReturn: () => () => undefined,
      ping: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const status = () => {
      asked.push(name);
      return Promise.resolve(STATUS);
    };
    return new Nodes({ bus, clock, node: `id of ${name}`, name, status });
  }
  return { clock, cut, asked, start };
}

const namesOf = (list: { name: string }[]): string[] => list.map(({ name }) => name);

test('every node is asked, and answers with what it is called', async () => {
  const { clock, start } = setUp();
  const [b, a] = [start('b'), start('a'), start('c')];
  await clock.run(BEAT_MS);
  for (const one of [a, b]) {
    const { nodes, silent } = await one.call();
    assert.deepEqual([namesOf(nodes), silent], [['a', 'b', 'c'], []]);
  }
  assert.deepEqual((await a.call()).nodes[1], { id: 'id of b', name: 'b', ...STATUS });
});

test('a node that has just come knows of the others before their next beat', async () => {
  const { clock, start } = setUp();
  start('a');
  await clock.run(BEAT_MS / 2);
  const b = start('b');
  assert.deepEqual(namesOf((await b.call()).nodes), ['a', 'b']);
});

test('one that does not answer is told as silent with when it was last heard, and forgotten after a while', async () => {
  const { clock, cut, start } = setUp();
  const a = start('a');
  for (const name of ['b', 'c']) start(name);
  await clock.run(BEAT_MS);
  const heard = clock.now();
  cut.add('b');
  await clock.run(BEAT_MS * 2);
  const asked = a.call();
  await clock.run(ANSWER_MS);
  const { nodes, silent } = await asked;
  assert.deepEqual(namesOf(nodes), ['a', 'c']);
  assert.deepEqual(silent, [{ id: 'id of b', name: 'b', lastHeard: heard }]);
  await clock.run(FORGET_MS);
  assert.deepEqual((await a.call()).silent, []);
});

test('one that stops says so, and is not missed', async () => {
  const { clock, start } = setUp();
  const [a, b] = [start('a'), start('b')];
  await clock.run(BEAT_MS);
  b.stop();
  const { nodes, silent } = await a.call();
  assert.deepEqual([namesOf(nodes), silent], [['a'], []]);
});

test('a node that is alone asks nobody but itself', async () => {
  const { clock, asked, start } = setUp();
  const a = start('a', true);
  assert.deepEqual(namesOf((await a.call()).nodes), ['a']);
  assert.deepEqual(asked, ['a']);
  assert.equal(clock.pending, 0);
});

test('an answer that comes late, twice, or to nobody changes nothing', async () => {
  const { clock, cut, start } = setUp();
  const [a] = [start('a'), start('b')];
  await clock.run(BEAT_MS);
  cut.add('b');
  const first = a.call();
  await clock.run(ANSWER_MS);
  assert.deepEqual(namesOf((await first).nodes), ['a']);
  cut.clear();
  assert.deepEqual(namesOf((await a.call()).nodes), ['a', 'b']);
});

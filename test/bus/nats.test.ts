/** The bus over a real NATS server: the contract, and what happens when NATS is not there. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openNatsBus } from '../../server/bus/nats.ts';
import { systemClock } from '../../server/clock.ts';
import type { Bus, BusMessage } from '../../server/domain/ports.ts';
import { parseNatsUrl } from '../../server/bus/nats-address.ts';
import { NatsProcess, natsUrl } from '../support/nats-process.ts';
import { busContract } from './contract.ts';

const typing = (user: string): BusMessage => ({ type: 'typing', room: 'r', user });

let spaces = 0;

async function openEnd(url: string, space: string, troubles: string[] = []): Promise<Bus> {
  const address = parseNatsUrl(url);
  assert.ok(!('fault' in address));
  return openNatsBus({ address, space, clock: systemClock, onTrouble: (trouble) => troubles.push(trouble) });
}

async function openEnds(t: TestContext): Promise<{ here: Bus; there: Bus } | null> {
  const url = await natsUrl(t);
  if (url === null) return null;
  // A space of its own: the server may be shared.
  const space = `test-${process.pid}-${(spaces += 1)}`;
  return { here: await openEnd(url, space), there: await openEnd(url, space) };
}

busContract('NATS bus', openEnds);

const returned = (bus: Bus): Promise<void> => new Promise((resolve) => bus.onReturn(resolve));

test('while NATS is dead messages reach this node alone; when it is back the other hears them again', async (t) => {
  const nats = await NatsProcess.start(t);
  if (!nats) return;
  const [here, there] = [await openEnd(nats.url, 's'), await openEnd(nats.url, 's')];
  t.after(() => Promise.all([here.close(), there.close()]));
  const [own, others]: [BusMessage[], BusMessage[]] = [[], []];
  here.subscribe('room.r', (message) => own.push(message));
  there.subscribe('room.r', (message) => others.push(message));
  await there.ping();

  const back = Promise.all([returned(here), returned(there)]);
  await nats.kill();
  await assert.rejects(here.ping());
  assert.ok(here.isAway);
  here.publish('room.r', typing('lost'));
  assert.deepEqual(own, [typing('lost')]);

  await nats.begin();
  await back;
  await there.ping();
  here.publish('room.r', typing('heard'));
  await here.ping();
  await there.ping();
  assert.deepEqual(own, [typing('lost'), typing('heard')]);
  assert.deepEqual(others, [typing('heard')]);
});

test('a node that starts before NATS serves alone, and is joined to the others when NATS comes', async (t) => {
  const nats = await NatsProcess.start(t);
  if (!nats) return;
  await nats.kill();
  const troubles: string[] = [];
  const here = await openEnd(nats.url, 's', troubles);
  t.after(() => here.close());
  const heard: BusMessage[] = [];
  here.subscribe('room.r', (message) => heard.push(message));
  assert.ok(here.isAway);
  await assert.rejects(here.ping());
  assert.match(troubles[0] ?? '', /^no answer from 127\.0\.0\.1:\d+; this node is alone/);

  const back = returned(here);
  await nats.begin();
  await back;
  const there = await openEnd(nats.url, 's');
  t.after(() => there.close());
  await here.ping();
  there.publish('room.r', typing('a'));
  await there.ping();
  await here.ping();
  assert.deepEqual(heard, [typing('a')]);
});

test('wrong credentials stop the start, in one line that quotes none', async (t) => {
  const nats = await NatsProcess.start(t, ['--user', 'tea', '--pass', 'house']);
  if (!nats) return;
  const at = `127.0.0.1:${nats.port}`;
  await assert.rejects(openEnd(`nats://tea:wrong-secret@${at}`, 's'), {
    message: 'NATS_URL: NATS does not let us in with these credentials',
  });
  const bus = await openEnd(`nats://tea:house@${at}`, 's');
  await bus.ping();
  await bus.close();
});

test('servers of different stores on one NATS do not hear each other', async (t) => {
  const url = await natsUrl(t);
  if (url === null) return;
  const [here, there] = [await openEnd(url, 'store-a'), await openEnd(url, 'store-b')];
  t.after(() => Promise.all([here.close(), there.close()]));
  const heard: BusMessage[] = [];
  here.subscribe('room.r', (message) => heard.push(message));
  await here.ping();
  there.publish('room.r', typing('a'));
  await there.ping();
  await here.ping();
  assert.deepEqual(heard, []);
});

/** What workers share, over a real socket: the contracts of the store and of the bus, and the hub being away. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LinkedBus } from '../../server/bus/linked.ts';
import { systemClock } from '../../server/clock.ts';
import type { Bus, BusMessage, Store } from '../../server/domain/ports.ts';
import { openHub, type Hub } from '../../server/workers/hub.ts';
import { createHubStore, HubClient } from '../../server/workers/hub-client.ts';
import { busContract } from '../bus/contract.ts';
import { storeContract } from '../store/contract.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import type { StoreUnderTest } from '../store/scene.ts';
import { ManualClock } from '../support/manual-clock.ts';

const UNAVAILABLE = { name: 'Refusal', code: 'UNAVAILABLE' };

async function socketFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'chahua-hub-'));
}

function client(path: string, more: { maxCalls?: number; troubles?: string[] } = {}): Promise<HubClient> {
  const { troubles, ...bounds } = more;
  return HubClient.open({
    path,
    clock: systemClock,
    figures: () => Promise.resolve([{ name: path }]),
    onTrouble: (trouble) => troubles?.push(trouble),
    ...bounds,
  });
}

/** A store of SQLite behind a hub, as one worker sees it. */
class HubStore implements StoreUnderTest {
  readonly #folder: SqliteFolder;
  readonly #sockets: string;
  #hub: Hub | null = null;
  #store: Store | null = null;
  #opened = 0;

  constructor(folder: SqliteFolder, sockets: string) {
    this.#folder = folder;
    this.#sockets = sockets;
  }

  get store(): Store {
    assert.ok(this.#store);
    return this.#store;
  }

  async open(): Promise<this> {
    const store = await this.#folder.open();
    const path = join(this.#sockets, `${(this.#opened += 1)}.sock`);
    this.#hub = await openHub({ path, store, clock: systemClock });
    this.#store = createHubStore(await client(path), store.epoch);
    return this;
  }

  async close(): Promise<void> {
    await this.#store?.close();
    await this.#hub?.close();
    await this.#folder.close();
  }

  async reopen(): Promise<Store> {
    await this.close();
    return (await this.open()).store;
  }

  async dispose(): Promise<void> {
    await this.close();
    await this.#folder.dispose();
    await rm(this.#sockets, { recursive: true });
  }
}

storeContract('hub', async (clock: ManualClock) =>
  new HubStore(await SqliteFolder.make({ clock }), await socketFolder()).open(),
);

async function hubAt(t: TestContext, store: Store | null = null): Promise<{ path: string; hub: Hub }> {
  const folder = await socketFolder();
  const path = join(folder, 'hub.sock');
  const hub = await openHub({ path, store, clock: systemClock });
  t.after(async () => {
    await hub.close();
    await rm(folder, { recursive: true });
  });
  return { path, hub };
}

async function busAt(path: string): Promise<Bus> {
  const link = await client(path);
  return new LinkedBus({ open: (events) => link.listen(events) });
}

busContract('hub bus', async (t) => {
  const { path } = await hubAt(t);
  return { here: await busAt(path), there: await busAt(path) };
});

/** Answers when the test says so. */
function slowStore(epoch = 'epoch1') {
  const answers: ((value: unknown) => void)[] = [];
  const room = (): Promise<unknown> => new Promise((resolve) => answers.push(resolve));
  return { store: { epoch, room } as unknown as Store, answers };
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

test('a hub that dies refuses what was under way; when it is back calls and messages go on', async (t) => {
  const { store, answers } = slowStore();
  const { path, hub } = await hubAt(t, store);
  const troubles: string[] = [];
  const link = await client(path, { troubles });
  const bus = new LinkedBus({ open: (events) => link.listen(events) });
  t.after(() => bus.close());
  const heard: BusMessage[] = [];
  bus.subscribe('room.r', (message) => heard.push(message));
  const remote = createHubStore(link, 'epoch1');
  const underWay = assert.rejects(remote.room('r'), UNAVAILABLE);
  await until(() => answers.length === 1);
  const back = new Promise<void>((resolve) => bus.onReturn(resolve));

  await hub.close();
  await underWay;
  await assert.rejects(remote.room('r'), UNAVAILABLE);
  await assert.rejects(bus.ping(), UNAVAILABLE);
  assert.ok(bus.isAway);

  const again = await openHub({ path, store, clock: systemClock });
  t.after(() => again.close());
  await back;
  const asked = remote.room('r');
  await until(() => answers.length === 2);
  answers[1]?.(null);
  assert.equal(await asked, null);
  const other = await busAt(path);
  t.after(() => other.close());
  await bus.ping();
  other.publish('room.r', { type: 'typing', room: 'r', user: 'u' });
  await until(() => heard.length === 1);
  assert.deepEqual(troubles, [
    'the process that owns the store is gone',
    'the process that owns the store is back',
  ]);
});

test('a hub that stands still is taken for gone within 2 s, one that is only slow is not', async (t) => {
  const clock = new ManualClock();
  const { store } = slowStore();
  const { path, hub } = await hubAt(t, store);
  const opened = { path, clock, figures: () => Promise.resolve([]), onTrouble: () => undefined };
  const link = await HubClient.open(opened);
  t.after(() => link.close());
  const slow = createHubStore(link, 'epoch1').room('r');
  slow.catch(() => undefined);
  for (let ms = 0; ms < 10_000; ms += 250) {
    clock.advance(250);
    await link.ping();
  }
  assert.equal(link.waiting, 1, 'the hub is there, and the call waits');

  // Nothing is read from its socket any more; the next turns pass without a word.
  await hub.close();
  const frozen = createServer((socket) => socket.write('[{"type":"hello","epoch":"epoch1"}]\n'));
  await new Promise<void>((resolve) => void frozen.listen(path, resolve));
  t.after(() => void frozen.close());
  await assert.rejects(slow, UNAVAILABLE);
  clock.advance(100);
  await until(() => link.isUp);
  const asked = createHubStore(link, 'epoch1').room('r');
  clock.advance(1_750);
  await assert.rejects(asked, UNAVAILABLE);
  await assert.rejects(createHubStore(link, 'epoch1').room('r'), UNAVAILABLE);
  assert.equal(link.isUp, false);
});

test('a hub that comes back with another store is not used', async (t) => {
  const { path, hub } = await hubAt(t, slowStore('one').store);
  const troubles: string[] = [];
  const link = await client(path, { troubles });
  t.after(() => link.close());
  await hub.close();
  const again = await openHub({ path, store: slowStore('two').store, clock: systemClock });
  t.after(() => again.close());
  await until(() => troubles.some((trouble) => trouble.startsWith('another store has taken the place')));
  await assert.rejects(createHubStore(link, 'one').room('r'), UNAVAILABLE);
});

test('past the bound a call is refused at once; an answer makes room', async (t) => {
  const { store, answers } = slowStore();
  const { path } = await hubAt(t, store);
  const link = await client(path, { maxCalls: 2 });
  t.after(() => link.close());
  const remote = createHubStore(link, 'epoch1');
  const first = [remote.room('a'), remote.room('b')];
  await assert.rejects(remote.room('c'), UNAVAILABLE);
  await until(() => answers.length === 2);
  for (const answer of answers) answer(null);
  await Promise.all(first);
  const next = remote.room('c');
  await until(() => answers.length === 3);
  answers[2]?.(null);
  await next;
});

test('a method that the port has not is a bug, and so is one of the owner alone', async (t) => {
  const { path } = await hubAt(t, slowStore().store);
  const link = await client(path);
  t.after(() => link.close());
  for (const method of ['constructor', 'close', '__proto__', 'nothing']) {
    await assert.rejects(link.call(method, []), /the hub has no store with a method/);
  }
});

test('whoever gathers hears the figures of all others; one that is gone is not waited for', async (t) => {
  const { path } = await hubAt(t);
  const [asker, other, gone] = [await client(path), await client(path), await client(path)];
  t.after(() => Promise.all([asker.close(), other.close()]));
  assert.deepEqual(await asker.gather(), [[{ name: path }], [{ name: path }]]);
  await gone.close();
  assert.equal((await asker.gather()).length, 1);
});

/** Who is told that somebody came or went, on one node and across several. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalBus } from '../../server/bus/local.ts';
import type { BusMessage } from '../../server/domain/ports.ts';
import { Presence, type PresenceOf } from '../../server/domain/presence.ts';
import { ManualClock } from '../support/manual-clock.ts';

const TURNS = 15;

/** Nodes on one bus, over one store in which everybody has a direct room with everybody named. */
function house(peers: Record<string, string[]>) {
  const clock = new ManualClock();
  const bus = new LocalBus();
  const seen = new Map<string, number>();
  const store = {
    peers: (user: string) => Promise.resolve(peers[user] ?? []),
    lastSeen: (ids: string[]) =>
      Promise.resolve(ids.flatMap((user) => (seen.has(user) ? [{ user, seen: seen.get(user) ?? 0 }] : []))),
    markSeen: (user: string, at: number) => Promise.resolve(void seen.set(user, at)),
  };

  /** `lossy`: what it publishes is lost where this says so. */
  function node(name: string, lossy: (message: BusMessage) => boolean = () => false) {
    const here = new Set<string>();
    const told: string[] = [];
    const own = {
      isAway: false,
      isAlone: false,
      publish: (subject: string, message: BusMessage) => {
        if (!lossy(message)) bus.publish(subject, message);
      },
      subscribe: bus.subscribe.bind(bus),
      onReturn: () => () => undefined,
      ping: () => (own.isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
      close: () => Promise.resolve(),
    };
    const presence = new Presence({
      store,
      bus: own,
      clock,
      node: name,
      isHere: (user) => here.has(user),
      tell: (watcher, about) => told.push(`${watcher}: ${words(about)}`),
    });
    async function come(user: string): Promise<string[]> {
      here.add(user);
      presence.came(user);
      return (await presence.watch(user)).map(words);
    }
    async function go(user: string): Promise<void> {
      here.delete(user);
      await presence.went(user);
    }
    /** As kill -9 does. */
    function die(): void {
      presence.close();
      here.clear();
    }
    return { presence, here, come, go, die, bus: own, told: () => told.splice(0) };
  }
  return { clock, seen, node };
}

const words = ({ user, online, lastSeen }: PresenceOf): string =>
  `${user} ${online ? 'on' : 'off'}${lastSeen === undefined ? '' : ` since ${lastSeen}`}`;

test('who has just come learns how things stand with each peer', async () => {
  const { node, seen } = house({ ann: ['bob', 'cat'] });
  const { come } = node('n');
  await come('bob');
  seen.set('cat', 7);
  assert.deepEqual(await come('ann'), ['bob on', 'cat off since 7']);
});

test('who comes and goes is told to those who watch, and to nobody else; the moment is kept', async () => {
  const { node, clock, seen } = house({ ann: ['bob'], bob: ['ann'], dan: ['eve'] });
  const { come, go, told } = node('n');
  await come('bob');
  await come('dan');
  await come('ann');
  assert.deepEqual(told(), ['bob: ann on']);
  const now = clock.now();
  await go('ann');
  assert.deepEqual(told(), [`bob: ann off since ${now}`]);
  assert.equal(seen.get('ann'), now);
});

test('who is back before it was written down has not gone', async () => {
  const { node } = house({ bob: ['ann'] });
  const { come, presence, here, told } = node('n');
  await come('bob');
  await come('ann');
  told();
  const going = presence.went('ann');
  here.add('ann');
  await going;
  assert.deepEqual(told(), []);
});

test('somebody on another node is online: found by asking, whoever came first', async () => {
  const { node } = house({ ann: ['bob'], bob: ['ann'] });
  const [one, two] = [node('1'), node('2')];
  await one.come('ann');
  assert.deepEqual(await two.come('bob'), ['ann on'], 'the answer was there before the list');
  assert.deepEqual(one.told(), ['ann: bob on']);
});

test('a user with sockets on two nodes is online until the last goes', async () => {
  const { node, clock } = house({ ann: ['bob'] });
  const [one, two, three] = [node('1'), node('2'), node('3')];
  await one.come('ann');
  await two.come('bob');
  await three.come('bob');
  await one.come('bob');
  assert.deepEqual(one.told(), ['ann: bob on']);
  await two.go('bob');
  await one.go('bob');
  assert.deepEqual(one.told(), []);
  await three.go('bob');
  assert.deepEqual(one.told(), [`ann: bob off since ${clock.now()}`]);
});

test('a node that was killed leaves nobody online: who is not confirmed when asked about is gone', async () => {
  const { node, clock } = house({ ann: ['bob'] });
  const [one, two] = [node('1'), node('2')];
  await one.come('ann');
  await two.come('bob');
  one.told();
  two.die();
  clock.advance(1_000);
  for (let turn = 0; turn < TURNS; turn += 1) one.presence.askSome();
  await clock.run(3_000);
  assert.deepEqual(one.told(), ['ann: bob off']);
});

test('a message that was lost is made up for when everybody is asked about', async () => {
  const { node, clock } = house({ ann: ['bob', 'cat'] });
  const one = node('1');
  const two = node('2', ({ type }) => type === 'presence');
  await two.come('cat');
  await one.come('ann');
  assert.deepEqual(one.told(), ['ann: cat on']);
  await two.come('bob');
  await two.go('cat');
  assert.deepEqual(one.told(), []);
  clock.advance(1_000);
  one.presence.askAll();
  assert.deepEqual(one.told(), ['ann: bob on']);
  await clock.run(3_000);
  assert.deepEqual(one.told(), ['ann: cat off']);
});

test('while the bus is away nobody goes offline for not answering', async () => {
  const { node, clock } = house({ ann: ['bob'] });
  const [one, two] = [node('1'), node('2')];
  await one.come('ann');
  await two.come('bob');
  one.told();
  two.die();
  one.presence.askAll();
  one.bus.isAway = true;
  await clock.run(10_000);
  assert.deepEqual(one.told(), []);
});

test('when the last who watches goes, nothing of those watched is kept', async () => {
  const { node } = house({ ann: ['bob', 'cat'], dan: ['cat'] });
  const { come, go, presence } = node('n');
  await come('ann');
  await come('dan');
  assert.equal(presence.watched, 2);
  await go('ann');
  assert.equal(presence.watched, 1);
  await go('dan');
  assert.equal(presence.watched, 0);
});

test('somebody whom nobody watches is found on whichever node; who is nowhere, or on a dead one, is not', async () => {
  const { node, clock } = house({});
  const [one, other] = [node('one'), node('other')];
  await one.come('ann');
  await other.come('bob');
  assert.deepEqual(await Promise.all(['ann', 'bob'].map((user) => one.presence.isAnywhere(user))), [
    true,
    true,
  ]);
  const sought = Promise.all(['cat', 'bob'].map((user) => one.presence.isAnywhere(user)));
  clock.advance(1_000);
  assert.deepEqual(await sought, [false, true]);
  other.die();
  const gone = one.presence.isAnywhere('bob');
  clock.advance(1_000);
  assert.equal(await gone, false);
  assert.equal(clock.pending, 0);
});

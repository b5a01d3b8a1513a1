/** What the bus has lost, the store mends: entries, ended logins, rooms one came into or is out of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GRACE_MS, ROUND_MS, Rounds } from '../../server/session/rounds.ts';
import type { SysBody } from '../../miniprogram/protocol/objects.ts';
import { notice, textEntry } from '../domain/factories.ts';
import { FakeNode } from './node.ts';

/** A node whose bus may lose what is stored, and the rounds that it goes. */
function setUp() {
  const node = new FakeNode();
  const ended = new Set<string>();
  const asked: string[] = [];
  const healed: number[] = [];
  let away: Promise<void> | null = null;
  let back = (): void => undefined;
  const bus = { isAway: false, onReturn: (listener: () => void) => ((back = listener), () => undefined) };
  const presence: string[] = [];
  const rounds = new Rounds({
    bus,
    clock: node.clock,
    fanout: node.fanout,
    registry: node.registry,
    presence: { askSome: () => void presence.push('some'), askAll: () => void presence.push('all') },
    show: (session, room) => node.greeting.show(session, room),
    onHealed: (rooms) => void healed.push(rooms),
    onFault: (reason) => node.faults.push(reason),
    store: {
      heads: async (rooms) => {
        asked.push('heads');
        await away;
        return rooms.map((room) => ({ room, head: node.rooms.get(room)?.log.length ?? 0 }));
      },
      alive: (sids) => {
        asked.push('alive');
        return Promise.resolve(sids.filter((sid) => !ended.has(sid)));
      },
      memberships: (users) =>
        Promise.resolve(
          users.map((user) => ({
            user,
            rooms: [...node.rooms].flatMap(([room, { members }]) => (members.has(user) ? [room] : [])),
          })),
        ),
    },
  });
  /** Stored by another node; the bus did not bring it. */
  const lose = (room: string, ...entries: ReturnType<typeof textEntry>[]): void =>
    void node.rooms.get(room)?.log.push(...entries);
  const fail = (): void => {
    away = Promise.reject(new Error('the store is away'));
    away.catch(() => undefined);
  };
  const mend = (): void => void (away = null);
  return { node, rounds, bus, ended, asked, healed, presence, lose, fail, mend, back: () => back() };
}

const round = ({ node }: ReturnType<typeof setUp>): Promise<void> => node.clock.run(ROUND_MS + GRACE_MS);

test('entries that the bus lost are published within a round, in order and once', async () => {
  const it = setUp();
  it.node.make('r', 5, 'ann');
  const { peer } = await it.node.arrive('ann');
  it.lose('r', textEntry(6), textEntry(7));
  await round(it);
  assert.deepEqual(peer.seqs('r'), [6, 7]);
  assert.deepEqual(it.healed, [1]);
  it.node.say('r');
  await round(it);
  assert.deepEqual(peer.seqs('r'), [6, 7, 8]);
  assert.deepEqual(it.healed, [1]);
});

test('what is only late on the bus is not read from the store', async () => {
  const it = setUp();
  it.node.make('r', 5, 'ann');
  const { peer } = await it.node.arrive('ann');
  it.lose('r', textEntry(6));
  await it.node.clock.run(ROUND_MS + GRACE_MS / 2);
  assert.deepEqual(peer.seqs('r'), []);
  it.node.bus.publish('room.r', { type: 'entries', room: 'r', entries: [textEntry(6)] });
  await round(it);
  assert.deepEqual([peer.seqs('r'), it.healed], [[6], []]);
});

test('a removal that the bus lost takes its user out, and what follows is not heard', async () => {
  const it = setUp();
  it.node.make('r', 5, 'ann', 'bob');
  const [ann, bob] = [await it.node.arrive('ann'), await it.node.arrive('bob')];
  it.node.rooms.get('r')?.members.delete('ann');
  const removed: SysBody = { action: 'removed', user: 'ann' };
  it.lose('r', notice(6, removed), textEntry(7));
  await round(it);
  assert.deepEqual(bob.peer.seqs('r'), [6, 7]);
  assert.deepEqual(ann.peer.seqs('r'), []);
  assert.deepEqual(ann.peer.pushed('gone'), [{ room: 'r', reason: 'removed' }]);
});

test('who was brought into a room, and not told, sees it within a round', async () => {
  const it = setUp();
  const { peer } = await it.node.arrive('ann');
  it.node.make('r', 5, 'ann');
  await round(it);
  assert.deepEqual(
    peer.pushed('room').map(({ room }) => room.id),
    ['r'],
  );
  await round(it);
  assert.equal(peer.pushed('room').length, 1);
});

test('the sockets of a login that ended unheard are closed with 4401, those of others stay', async () => {
  const it = setUp();
  const [ann, bob] = [await it.node.arrive('ann'), await it.node.arrive('bob')];
  it.ended.add('login of ann');
  await round(it);
  assert.equal(ann.peer.closeCode, 4401);
  assert.equal(bob.peer.closeCode, undefined);
});

test('as soon as the bus is back everything is compared at once, without grace', async () => {
  const it = setUp();
  it.node.make('r', 5, 'ann');
  const { peer } = await it.node.arrive('ann');
  it.lose('r', textEntry(6));
  it.back();
  await it.node.clock.run(0);
  assert.deepEqual(peer.seqs('r'), [6]);
  assert.deepEqual(it.presence.slice(0, 1), ['all']);
});

test('people take turns, 500 a round; while the bus is away everybody is looked at in each', async () => {
  const it = setUp();
  for (let i = 0; i < 501; i += 1) await it.node.arrive(`user${i}`);
  it.ended.add('login of user500');
  await round(it);
  assert.equal(it.node.registry.isOnline('user500'), true);
  await round(it);
  assert.equal(it.node.registry.isOnline('user500'), false);
  it.ended.add('login of user499');
  it.bus.isAway = true;
  await round(it);
  assert.equal(it.node.registry.isOnline('user499'), false);
});

test('where the store is away the round fails, the next one makes up for it', async () => {
  const it = setUp();
  it.node.make('r', 5, 'ann');
  const { peer } = await it.node.arrive('ann');
  it.lose('r', textEntry(6));
  it.fail();
  await round(it);
  assert.deepEqual([peer.seqs('r'), it.node.faults.length], [[], 1]);
  it.mend();
  await round(it);
  assert.deepEqual(peer.seqs('r'), [6]);
});

test('while a round is slow no second one begins; a stopped node goes none', async () => {
  const it = setUp();
  it.node.make('r', 5, 'ann');
  await it.node.arrive('ann');
  it.asked.length = 0;
  it.rounds.stop();
  await round(it);
  assert.deepEqual(it.asked, []);
});

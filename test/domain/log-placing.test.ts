/** Placing: a resend finds what was stored, whatever the rules say today, and a sender's messages keep their order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Placing } from '../../server/domain/log.ts';
import type { Draft } from '../../server/domain/ports.ts';
import { Refusal } from '../../server/outcome.ts';
import { textDraft } from './factories.ts';
import { at, setUp, settle } from './log-stage.ts';

/** Placing, that is appending by the rules of today. */
const placing = (cid: string, fields: Partial<Placing> = {}): Placing => ({
  room: 'r',
  from: 'u',
  cid,
  draw: () => textDraft('u', cid),
  refuse: (why) => new Refusal('NOT_FOUND', why),
  ...fields,
});
const muted = (): never => {
  throw new Refusal('MUTED', 'not now');
};

test('what was stored under the cid is found also where the rules of today refuse it', async () => {
  const { log, found, appends, turn } = setUp();
  found.set('r u a', { seq: 4, ts: 40 });
  assert.deepEqual(await log.place(placing('a', { draw: muted })), { seq: 4, ts: 40, repeated: true });
  turn();
  assert.equal(appends.length, 0, 'nothing is stored');
});

test('what was not stored is refused by the rule', async () => {
  const { log, found } = setUp();
  found.set('r v a', { seq: 4, ts: 40 });
  found.set('r2 u a', { seq: 4, ts: 40 });
  await assert.rejects(log.place(placing('a', { draw: muted })), { code: 'MUTED' });
});

test('what the store refuses is refused in the words of whoever asked', async () => {
  const { log, appends, turn } = setUp();
  const placed = log.place(placing('a'));
  await settle();
  turn();
  const refused = assert.rejects(placed, { code: 'NOT_FOUND', message: 'full' });
  await appends[0]?.end([{ refused: 'full' }]);
  await refused;
});

test('a store that is out of reach is not asked once more', async () => {
  const { log, appends, finds, turn } = setUp();
  const placed = log.place(placing('a'));
  await settle();
  turn();
  const refused = assert.rejects(placed, { code: 'UNAVAILABLE' });
  await appends[0]?.fail(new Refusal('UNAVAILABLE', 'away'));
  await refused;
  assert.equal(finds(), 0);
});

test('a bug in a rule comes out as it is', async () => {
  const { log, found } = setUp();
  found.set('r u a', { seq: 4, ts: 40 });
  const draw = (): never => {
    throw new TypeError('a bug');
  };
  await assert.rejects(log.place(placing('a', { draw })), TypeError);
});

test('messages of one sender keep their order, also where the rules take longer over the first', async () => {
  const { log, appends, turn } = setUp();
  let allow = (): void => undefined;
  const slow = new Promise<Draft>((resolve) => (allow = () => resolve(textDraft('u', 'first'))));
  void log.place(placing('first', { draw: () => slow }));
  void log.place(placing('second'));
  void log.place(placing('third'));
  void log.place(placing('by another', { from: 'v', draw: () => textDraft('v', 'by another') }));
  await settle();
  turn();
  assert.deepEqual(appends[0]?.cids, ['by another'], 'others do not wait');
  allow();
  await settle();
  await appends[0].end([at(1)]);
  assert.deepEqual(appends[1]?.cids, ['first', 'second', 'third']);
});

test('a message that the rules refuse does not hold up the next one of its sender', async () => {
  const { log, appends, turn } = setUp();
  const refused = assert.rejects(log.place(placing('first', { draw: () => settle().then(muted) })), {
    code: 'MUTED',
  });
  void log.place(placing('second'));
  await refused;
  await settle();
  turn();
  assert.deepEqual(appends[0]?.cids, ['second']);
});

test('where the store takes a message not now, those that its sender placed behind it are not taken either', async () => {
  const { log, appends, turn } = setUp();
  const told: string[] = [];
  let drawSlowly = (): void => undefined;
  const send = (
    from: string,
    cid: string,
    draw = (): Draft | Promise<Draft> => textDraft(from, cid),
  ): void => {
    const placed = log.place({ room: 'r', from, cid, draw, refuse: () => new Refusal('FORBIDDEN', 'no') });
    placed.then(
      ({ seq }) => told.push(`${cid} ${seq}`),
      (reason: unknown) => told.push(`${cid} ${(reason as Refusal).code}`),
    );
  };
  send('ann', 'a1');
  await settle();
  turn();
  send('ann', 'a2');
  send('bob', 'b1');
  send('ann', 'a3', () => new Promise((resolve) => (drawSlowly = () => resolve(textDraft('ann', 'a3')))));
  await settle();
  await appends[0]?.fail(new Refusal('UNAVAILABLE', 'not now', 1_000));
  turn();
  await settle();
  drawSlowly();
  await settle();
  turn();
  await settle();
  assert.deepEqual(
    appends.map(({ cids }) => cids),
    [['a1'], ['b1']],
  );
  await appends[1]?.end([at(1)]);
  assert.deepEqual(told.toSorted(), ['a1 UNAVAILABLE', 'a2 UNAVAILABLE', 'a3 UNAVAILABLE', 'b1 1']);
  send('ann', 'a1');
  await settle();
  turn();
  await appends[2]?.end([at(2)]);
  assert.ok(told.includes('a1 2'), 'what is sent after that is taken again');
});

/** Every checker passes a sound history and fails on the bug it is there for: one that never failed proves nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acknowledgedSet,
  agreement,
  allCheckers,
  PROMISED,
  answered,
  converged,
  gapless,
  realTime,
  senderOrder,
  seqNeverBack,
  type Checker,
} from './checkers.ts';
import type { Event, Happening } from './history.ts';

const room = 'r';
const send = (cid: string, attempt = 1): Happening => ({
  type: 'send',
  ...by('a'),
  cid,
  attempt,
  hash: `h-${cid}`,
});
const ack = (cid: string, seq: number, attempt = 1): Happening => ({
  type: 'ack',
  ...by('a'),
  cid,
  attempt,
  seq,
});
const fail = (cid: string): Happening => ({ type: 'fail', ...by('a'), cid, attempt: 1, code: 'MUTED' });
const unknown = (cid: string, attempt = 1): Happening => ({ type: 'unknown', ...by('a'), cid, attempt });
const receive = (client: string, seq: number, cid: string): Happening => ({
  type: 'receive',
  client,
  ...seen(seq, cid),
});
const final = (seq: number, cid: string): Happening => ({ type: 'final', ...seen(seq, cid) });
const resume = (client: string, from: number): Happening => ({ type: 'resume', client, room, from });
const restart: Happening = { type: 'restart' };
const calm: Happening = { type: 'calm' };

function by(client: string) {
  return { client, sender: `u-${client}`, room };
}

function seen(seq: number, cid: string) {
  return { room, seq, sender: 'u-a', cid, hash: `h-${cid}`, ts: 1_000 + seq };
}

/** A millisecond passes between two events. */
const timed = (happenings: readonly Happening[]): Event[] => happenings.map((event, t) => ({ ...event, t }));

/** Two messages; the second is lost with the server, sent again after the restart, and answered. */
const sound: readonly Happening[] = [
  resume('a', 0),
  resume('b', 0),
  send('m1'),
  ack('m1', 1),
  receive('a', 1, 'm1'),
  receive('b', 1, 'm1'),
  send('m2'),
  unknown('m2'),
  { type: 'close', client: 'a', code: 1006 },
  restart,
  resume('a', 1),
  resume('b', 1),
  send('m2', 2),
  ack('m2', 2, 2),
  receive('a', 2, 'm2'),
  receive('b', 2, 'm2'),
  calm,
  final(1, 'm1'),
  final(2, 'm2'),
];

test('a sound history passes all checkers', () => {
  assert.deepEqual(
    allCheckers(PROMISED).flatMap((check) => check(timed(sound))),
    [],
  );
});

interface Bug {
  bug: string;
  check: Checker;
  happenings: readonly Happening[];
  violation: RegExp;
}

const bugs: readonly Bug[] = [
  {
    bug: 'the server acknowledges before it commits, and is killed',
    check: acknowledgedSet,
    happenings: [send('m1'), ack('m1', 1), restart],
    violation: /^C1: r u-a m1 was acknowledged at 1 and is not there$/,
  },
  {
    bug: 'resends are not recognized',
    check: acknowledgedSet,
    happenings: [send('m1'), unknown('m1'), send('m1', 2), ack('m1', 2, 2), final(1, 'm1'), final(2, 'm1')],
    violation: /^C1: r u-a m1 is stored 2 times, at 1, 2$/,
  },
  {
    bug: 'what is refused is stored all the same',
    check: acknowledgedSet,
    happenings: [send('m1'), fail('m1'), final(1, 'm1')],
    violation: /^C1: r u-a m1 was refused and is stored$/,
  },
  {
    bug: 'the log holds what nobody sent',
    check: acknowledgedSet,
    happenings: [final(1, 'ghost')],
    violation: /^C1: r#1 holds r u-a ghost, which nobody sent$/,
  },
  {
    bug: 'a text is changed on its way',
    check: acknowledgedSet,
    happenings: [send('m1'), ack('m1', 1), { ...final(1, 'm1'), hash: 'other' } as Happening],
    violation: /^C1: r#1 differs from what was sent$/,
  },
  {
    bug: 'seq is made by reading and then writing: two nodes give the same one',
    check: agreement,
    happenings: [resume('a', 0), resume('b', 0), receive('a', 1, 'm1'), receive('b', 1, 'm2')],
    violation: /^C2: r#1 is u-a m1 .* here and u-a m2 .* there$/,
  },
  {
    bug: 'a slow reader is skipped in silence',
    check: gapless,
    happenings: [resume('a', 0), receive('a', 1, 'm1'), receive('a', 3, 'm3')],
    violation: /^C3: a r got 3 where 2 was due$/,
  },
  {
    bug: 'resuming is off by one: the last entry comes twice',
    check: gapless,
    happenings: [resume('a', 1), receive('a', 1, 'm1')],
    violation: /^C3: a r got 1 where 2 was due$/,
  },
  {
    bug: 'a live entry overtakes the missing ones',
    check: gapless,
    happenings: [resume('a', 1), receive('a', 3, 'm3'), receive('a', 2, 'm2')],
    violation: /^C3: a r got 3 where 2 was due\nC3: a r got 2 where 4 was due$/,
  },
  {
    bug: 'entries come that no cursor asked for',
    check: gapless,
    happenings: [receive('a', 1, 'm1')],
    violation: /^C3: a r got 1 where NaN was due$/,
  },
  {
    bug: 'a seq is reserved and never used',
    check: gapless,
    happenings: [final(1, 'm1'), final(3, 'm3')],
    violation: /^C3: the log of r has 3 where 2 is due$/,
  },
  {
    bug: 'one sender’s messages overtake each other',
    check: senderOrder,
    happenings: [send('m1'), send('m2'), ack('m2', 1), unknown('m1'), send('m1', 2), ack('m1', 2, 2)],
    violation: /^C4: a r sent m1 before m2, stored at 2 and 1$/,
  },
  {
    bug: 'two rooms of nodes order by their own clocks',
    check: realTime,
    happenings: [send('m1'), ack('m1', 2), send('m2'), ack('m2', 1)],
    violation: /^C5: r u-a m2 is at 1, though 2 was acknowledged before it was sent$/,
  },
  {
    bug: 'a client never hears of the last entry',
    check: converged(100),
    happenings: [resume('a', 0), receive('a', 1, 'm1'), calm, final(1, 'm1'), final(2, 'm2')],
    violation: /^C6: a r ends at 1, the log at 2$/,
  },
  {
    bug: 'a client hears of it too late',
    check: converged(1),
    happenings: [resume('a', 0), calm, restart, restart, receive('a', 1, 'm1'), final(1, 'm1')],
    violation: /^C6: a r was there 2 ms late$/,
  },
  {
    bug: 'an outbox gives up',
    check: converged(100),
    happenings: [send('m1'), unknown('m1'), calm],
    violation: /^C6: r u-a m1 was never answered for good$/,
  },
  {
    bug: 'the run never came to rest',
    check: converged(100),
    happenings: [],
    violation: /^C6: the history has no calm$/,
  },
  {
    bug: 'a restart binds a seq to another message',
    check: seqNeverBack,
    happenings: [resume('a', 0), receive('a', 1, 'm1'), restart, receive('a', 1, 'm2')],
    violation: /^C8: r#1 was r u-a m1 and became r u-a m2$/,
  },
  {
    bug: 'a counter is taken from an old snapshot',
    check: seqNeverBack,
    happenings: [send('m1'), ack('m1', 5), restart, send('m2'), ack('m2', 4)],
    violation: /^C8: r u-a m2 is at 4; 5 was taken before a restart$/,
  },
  {
    bug: 'the log ends before what was delivered of it',
    check: seqNeverBack,
    happenings: [resume('a', 0), receive('a', 1, 'm1'), restart, { type: 'reset', client: 'a', room }],
    violation: /^C8: a was told to drop what it held of r$/,
  },
  {
    bug: 'a request is forgotten',
    check: answered(100),
    happenings: [send('m1')],
    violation: /^C9: r u-a m1 attempt 1 had no outcome$/,
  },
  {
    bug: 'a request hangs',
    check: answered(1),
    happenings: [send('m1'), calm, calm, ack('m1', 1)],
    violation: /^C9: r u-a m1 attempt 1 waited 3 ms$/,
  },
  {
    bug: 'a request is answered twice',
    check: answered(100),
    happenings: [send('m1'), ack('m1', 1), ack('m1', 1)],
    violation: /^C9: r u-a m1 attempt 1 was answered twice$/,
  },
];

for (const { bug, check, happenings, violation } of bugs) {
  test(`noticed: ${bug}`, () => assert.match(check(timed(happenings)).join('\n'), violation));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTyping } from '../../server/commands/typing.ts';
import type { Actor } from '../../server/domain/messages.ts';
import type { Rooms } from '../../server/domain/rooms.ts';
import { memberRecord, roomRecord } from '../domain/factories.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const told: string[] = [];
  const rooms: Pick<Rooms, 'typing'> = {
    typing: ({ user, room }) => void told.push(`${user} in ${room.id}`),
  };
  const typing = createTyping(rooms, clock);
  const type = (user: string, room = 'r'): void => {
    const actor: Actor = { user, room: roomRecord({ id: room }), member: memberRecord() };
    void typing(actor);
  };
  return { clock, told, type };
}

test('typing is told at once, and again after 3 s however often it is said', () => {
  const { clock, told, type } = setUp();
  for (let ms = 0; ms < 6_000; ms += 100) {
    type('u');
    clock.advance(100);
  }
  assert.equal(told.length, 2);
  type('u');
  assert.equal(told.length, 3);
});

test('each user in each room is told by themselves', () => {
  const { told, type } = setUp();
  type('u');
  type('v');
  type('u', 'r2');
  type('u');
  assert.deepEqual(told, ['u in r', 'v in r', 'u in r2']);
});

test('past 10,000 who type at once the oldest is forgotten, and may be told early', () => {
  const { told, type } = setUp();
  for (let i = 0; i <= 10_000; i++) type(`u${i}`);
  const before = told.length;
  type('u10000');
  assert.equal(told.length, before);
  type('u0');
  assert.equal(told.length, before + 1);
});

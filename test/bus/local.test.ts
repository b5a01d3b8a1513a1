/** The bus of a single node: the contract, and what it promises beyond. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalBus } from '../../server/bus/local.ts';
import type { BusMessage } from '../../server/domain/ports.ts';
import { busContract } from './contract.ts';

busContract('local bus', () => {
  const bus = new LocalBus();
  return Promise.resolve({ here: bus, there: bus });
});

const typing = (user: string): BusMessage => ({ type: 'typing', room: 'r', user });

test('a message is with every listener before publish returns, in the order of publishing', () => {
  const bus = new LocalBus();
  const heard: BusMessage[] = [];
  bus.subscribe('room.r', (message) => heard.push(message));
  bus.publish('room.r', typing('a'));
  bus.publish('room.r', typing('b'));
  assert.deepEqual(heard, [typing('a'), typing('b')]);
});

test('listeners that come and go while a message is heard change the audience of the next one', () => {
  const bus = new LocalBus();
  const heard: string[] = [];
  const undoSecond: (() => void)[] = [];
  bus.subscribe('room.r', () => {
    heard.push('first');
    undoSecond.pop()?.();
    if (heard.length === 1) bus.subscribe('room.r', () => heard.push('third'));
  });
  undoSecond.push(bus.subscribe('room.r', () => heard.push('second')));
  bus.publish('room.r', typing('a'));
  assert.deepEqual(heard, ['first', 'second']);
  bus.publish('room.r', typing('b'));
  assert.deepEqual(heard.slice(2), ['first', 'third']);
});

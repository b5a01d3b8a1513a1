import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Drafts,
  LONGEST_DRAFT,
  MOST_DRAFTS,
  type DraftStorage,
} from '../../miniprogram/pages/chat/drafts.ts';

class MapStorage implements DraftStorage {
  readonly keys = new Map<string, unknown>();
  writes = 0;
  get(key: string) {
    return this.keys.get(key);
  }
  set(key: string, value: unknown) {
    this.writes += 1;
    this.keys.set(key, structuredClone(value));
  }
}

test('a draft is there after a restart, for its room and its person', () => {
  const storage = new MapStorage();
  new Drafts(storage, 'u1').keep('hall', '早上');
  assert.equal(new Drafts(storage, 'u1').read('hall'), '早上');
  assert.equal(new Drafts(storage, 'u1').read('red'), '');
  assert.equal(new Drafts(storage, 'u2').read('hall'), '');
});

test('an empty text takes the draft away', () => {
  const drafts = new Drafts(new MapStorage(), 'u1');
  drafts.keep('hall', '早上');
  drafts.keep('hall', '');
  assert.equal(drafts.read('hall'), '');
});

test('nothing is written where there is nothing to keep', () => {
  const storage = new MapStorage();
  new Drafts(storage, 'u1').keep('hall', '');
  assert.equal(storage.writes, 0);
});

test('one room more than are kept costs the one written in longest ago', () => {
  const drafts = new Drafts(new MapStorage(), 'u1');
  for (let n = 1; n <= MOST_DRAFTS; n += 1) drafts.keep(`${n}`, `draft ${n}`);
  drafts.keep('1', 'again');
  drafts.keep('new', 'one more');
  assert.equal(drafts.read('2'), '');
  assert.equal(drafts.read('1'), 'again');
  assert.equal(drafts.read('3'), 'draft 3');
  assert.equal(drafts.read('new'), 'one more');
});

test('a draft of the greatest length is kept, a longer one is not, nor what it replaced', () => {
  const drafts = new Drafts(new MapStorage(), 'u1');
  drafts.keep('hall', 'x'.repeat(LONGEST_DRAFT));
  assert.equal(drafts.read('hall').length, LONGEST_DRAFT);
  drafts.keep('hall', 'x'.repeat(LONGEST_DRAFT + 1));
  assert.equal(drafts.read('hall'), '');
});

test('a storage that is full costs the draft and nothing else', () => {
  const drafts = new Drafts(
    {
      get: () => '',
      set: () => {
        throw new Error('setStorage:fail exceed storage max size');
      },
    },
    'u1',
  );
  drafts.keep('hall', '早上');
  assert.equal(drafts.read('hall'), '');
});

test('what stands in storage and is no list of drafts counts as none', () => {
  for (const stored of ['', 7, null, { hall: 'x' }, ['hall'], [['hall', 7]]]) {
    assert.equal(new Drafts({ get: () => stored, set: () => undefined }, 'u1').read('hall'), '');
  }
});

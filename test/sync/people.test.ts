import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { User } from '../../miniprogram/protocol/objects.ts';
import { createStore } from '../../miniprogram/store/store.ts';
import { MAX_PEOPLE, People } from '../../miniprogram/sync/people.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp(kept: unknown = null) {
  const clock = new ManualClock();
  const store = createStore(() => undefined);
  const asked: string[][] = [];
  const answer: { next: (users: string[]) => Promise<{ users: User[] }> } = {
    next: (users) => Promise.resolve({ users: users.map((id) => ({ id, name: `name of ${id}` })) }),
  };
  const shelf: { people: unknown } = { people: kept };
  const people = new People({
    view: store,
    clock,
    cache: { read: () => shelf.people, keep: (_, value) => (shelf.people = value()) },
    get: (users) => {
      asked.push(users);
      return answer.next(users);
    },
  });
  const need = (...ids: string[]): void => people.need(ids.map((from) => ({ from, kind: 'text', body: {} })));
  return { clock, store, asked, answer, shelf, people, need };
}

test('asked together, at most 100 at once, and not a second time', async () => {
  const { clock, asked, people, need, store } = setUp();
  people.start();
  for (let user = 0; user < 250; user += 1) need(`u${user}`);
  await clock.run(100);
  assert.deepEqual(
    asked.map(({ length }) => length),
    [100, 100, 50],
  );
  need('u1', '', 'u2');
  await clock.run(100);
  assert.equal(asked.length, 3);
  assert.equal(store.state.people['u7']?.name, 'name of u7');
});

test('those named in notices are needed, too', async () => {
  const { clock, asked, people } = setUp();
  people.start();
  people.need([
    { from: '', kind: 'sys', body: { action: 'invited', users: ['a', 'b'] } },
    { from: '', kind: 'sys', body: { action: 'left', user: 'c' } },
    { from: '', kind: 'sys', body: { action: 'closed' } },
  ]);
  await clock.run(100);
  assert.deepEqual(asked, [['a', 'b', 'c']]);
});

test('needed without a connection: asked when there is one; after a failure when needed again', async () => {
  const { clock, asked, answer, people, need } = setUp();
  need('a');
  await clock.run(100);
  assert.deepEqual(asked, []);
  answer.next = () => Promise.reject(new Error('lost'));
  people.start();
  await clock.run(100);
  assert.deepEqual(asked, [['a']]);
  need('a');
  await clock.run(100);
  assert.deepEqual(asked, [['a'], ['a']]);
});

test('a new connection asks anew, so that changed names are seen', async () => {
  const { clock, asked, people, need, store, answer } = setUp([{ id: 'a', name: 'kept' }]);
  assert.equal(store.state.people['a']?.name, 'kept');
  people.start();
  need('a');
  answer.next = () => Promise.resolve({ users: [{ id: 'a', name: 'new' }] });
  await clock.run(100);
  assert.equal(asked.length, 1);
  assert.equal(store.state.people['a']?.name, 'new');
});

test('beyond the bound those met first are forgotten, and a few are kept for the next start', () => {
  const { people, store, shelf } = setUp();
  people.met(Array.from({ length: MAX_PEOPLE + 10 }, (_, index) => ({ id: `u${index}`, name: 'n' })));
  assert.equal(Object.keys(store.state.people).length, MAX_PEOPLE);
  assert.equal(store.state.people['u9'], undefined);
  assert.equal((shelf.people as User[]).length, 300);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../../miniprogram/store/store.ts';
import { MAX_PICTURES, Pictures, type SignedFile } from '../../miniprogram/sync/pictures.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

interface Asked {
  files: string[];
  room?: string;
}

/** The server signs for an hour, and its clock is ten minutes ahead of the phone's. */
function setUp() {
  const clock = new ManualClock();
  const store = createStore(queueMicrotask);
  const asked: Asked[] = [];
  const serverNow = () => clock.now() + 600_000;
  const sign = (id: string): SignedFile => ({
    id,
    url: `/v1/files/${id}?n=${asked.length}`,
    expiresAt: serverNow() + HOUR_MS,
  });
  const answer = { next: (files: string[]) => Promise.resolve({ files: files.map(sign) }) };
  const pictures = new Pictures({
    view: store,
    clock,
    serverNow,
    addressOf: (path) => `https://chat.test${path}`,
    get: (body) => {
      asked.push(body);
      return answer.next(body.files);
    },
  });
  return { clock, store, asked, answer, pictures };
}

test('asked together, at most 50 at once, and not a second time', async () => {
  const { clock, store, asked, pictures } = setUp();
  pictures.start();
  for (let file = 0; file < 120; file += 1) pictures.need([`f${file}`, undefined, '']);
  await clock.run(100);
  assert.deepEqual(
    asked.map(({ files }) => files.length),
    [50, 50, 20],
  );
  assert.equal(store.state.pictures['f7'], 'https://chat.test/v1/files/f7?n=1');
  pictures.need(['f7']);
  await clock.run(100);
  assert.equal(asked.length, 3);
});

test('the pictures of a room are asked for in its name, avatars in nobody’s', async () => {
  const { clock, asked, pictures } = setUp();
  pictures.start();
  pictures.need(['a'], 'hall');
  pictures.need(['b']);
  await clock.run(100);
  assert.deepEqual(asked, [{ files: ['a'], room: 'hall' }, { files: ['b'] }]);
});

test('needed without a connection: asked when there is one', async () => {
  const { clock, asked, pictures } = setUp();
  pictures.need(['a']);
  await clock.run(100);
  assert.deepEqual(asked, []);
  pictures.start();
  await clock.run(100);
  assert.equal(asked.length, 1);
});

test('an address about to expire is replaced before it does, in the name of the same room', async () => {
  const { clock, store, asked, pictures } = setUp();
  pictures.start();
  pictures.need(['a'], 'hall');
  await clock.run(100);
  const first = store.state.pictures['a'];
  await clock.run(HOUR_MS - 120_000);
  assert.equal(asked.length, 1);
  await clock.run(120_000);
  assert.deepEqual(asked.slice(1), [{ files: ['a'], room: 'hall' }]);
  assert.notEqual(store.state.pictures['a'], first);
});

test('addresses that expired while there was no connection are asked for with the next', async () => {
  const { clock, asked, pictures } = setUp();
  pictures.start();
  pictures.need(['a']);
  await clock.run(100);
  pictures.stop();
  await clock.run(2 * HOUR_MS);
  assert.equal(asked.length, 1);
  pictures.start();
  await clock.run(100);
  assert.equal(asked.length, 2);
});

test('what the server does not show is asked for once a connection', async () => {
  const { clock, store, asked, answer, pictures } = setUp();
  answer.next = () => Promise.resolve({ files: [] });
  pictures.start();
  for (let again = 0; again < 3; again += 1) {
    pictures.need(['a']);
    await clock.run(100);
  }
  assert.equal(asked.length, 1);
  assert.equal(store.state.pictures['a'], undefined);
  pictures.stop();
  pictures.start();
  pictures.need(['a']);
  await clock.run(100);
  assert.equal(asked.length, 2);
});

test('after a failure it is asked when it is needed again', async () => {
  const { clock, asked, answer, pictures } = setUp();
  answer.next = () => Promise.reject(new Error('lost'));
  pictures.start();
  pictures.need(['a']);
  await clock.run(100);
  pictures.need(['a']);
  await clock.run(100);
  assert.equal(asked.length, 2);
});

test('an address that ends at once is not asked for every moment', async () => {
  const { clock, asked, answer, pictures } = setUp();
  answer.next = (files) =>
    Promise.resolve({ files: files.map((id) => ({ id, url: `/${id}`, expiresAt: clock.now() })) });
  pictures.start();
  pictures.need(['a']);
  await clock.run(10_000);
  assert.ok(asked.length <= 2, `${asked.length} requests in ten seconds`);
});

test('beyond the bound those asked for first are forgotten', async () => {
  const { clock, store, pictures } = setUp();
  pictures.start();
  for (let file = 0; file < MAX_PICTURES; file += 1) pictures.need([`f${file}`]);
  await clock.run(100);
  pictures.need(['more']);
  await clock.run(100);
  assert.equal(Object.keys(store.state.pictures).length, MAX_PICTURES);
  assert.equal(store.state.pictures['f0'], undefined);
  assert.ok(store.state.pictures['more']);
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createWechatApi } from '../../server/wechat/api.ts';
import { createAuthorized } from '../../server/wechat/authorized.ts';
import { createServerToken, FORCED_A_DAY, type ServerToken } from '../../server/wechat/token.ts';
import type { Trouble } from '../../server/wechat/trouble.ts';
import { newId } from '../../server/ids.ts';
import { openFreshShelf } from './shelf.ts';
import { APPID, FakeWechat, SECRET } from '../support/fake-wechat/fake-wechat.ts';
import { waitFor } from '../support/wait-for.ts';

const MINUTE = 60_000;
type Shelf = Awaited<ReturnType<typeof openFreshShelf>>;
let close: Shelf['close'];
let clock: Shelf['clock'];
let store: Shelf['store'];
let fake: FakeWechat;
let troubles: Trouble[];

/** A clock for each test: a node that still looks for another's renewal must not wake in the middle of the next. */
beforeEach(async () => {
  ({ clock, store, close } = await openFreshShelf());
  fake = await FakeWechat.start(() => clock.now());
  troubles = [];
});
afterEach(async () => {
  await fake.stop();
  await close();
});

function node(): ServerToken {
  const api = createWechatApi({ base: fake.api, fetch, clock, maxCalls: 100 });
  const onTrouble = (trouble: Trouble): void => void troubles.push(trouble);
  return createServerToken({ app: { appid: APPID, secret: SECRET }, api, store, clock, newId, onTrouble });
}

/** Lets a node that waits for another one look again and again until it has its answer. */
async function looking<T>(work: Promise<T>): Promise<T> {
  let [done, turns] = [false, 0];
  const settled = work.finally(() => (done = true));
  await waitFor('the work was done', () => {
    // Slower than the threads and sockets: else a lease would be over before its holder has done anything.
    turns += 1;
    if (!done && turns % 200 === 0) clock.advance(250);
    return done;
  });
  return settled;
}

describe('the server token', () => {
  test('is asked for once by a node, however many need it, and not again while it is good', async () => {
    const token = node();
    const values = await Promise.all(Array.from({ length: 20 }, () => token.current()));
    assert.deepEqual(new Set(values), new Set(fake.token.given));
    clock.advance(110 * MINUTE);
    assert.equal(await token.current(), values[0]);
    assert.equal(fake.calls.token, 1);
  });

  test('is asked for once by five nodes together', async () => {
    const nodes = Array.from({ length: 5 }, node);
    const values = await looking(Promise.all(nodes.map((one) => one.current())));
    assert.deepEqual([new Set(values).size, fake.calls.token], [1, 1]);
    assert.equal(await node().current(), values[0], 'one that starts later reads it from the store');
    assert.equal(fake.calls.token, 1);
  });

  test('is renewed in its last minutes, when the old one is still good', async () => {
    const [one, other] = [node(), node()];
    const first = await one.current();
    clock.advance(116 * MINUTE);
    const second = await one.current();
    assert.equal(second, first, 'nobody waits for the renewal');
    await waitFor('it was renewed', () => fake.token.given.length === 2);
    await waitFor('it is known', async () => (await one.current()) !== first);
    assert.equal(fake.token.fault(first), null);
    // Known to the node that renewed a moment before it is in the store.
    await waitFor('the other knows it', async () => (await other.current()) === (await one.current()));
    assert.equal(fake.calls.token, 2);
  });

  test('refused because another program forced one: the ordinary call finds it, nothing is forced', async () => {
    const token = node();
    const first = await token.current();
    assert.ok(first);
    fake.token.stolen();
    assert.equal(await token.instead(first), fake.token.given[1]);
    assert.deepEqual(fake.token.asked, { all: 2, forced: 0 });
    assert.equal(await token.current(), fake.token.given[1]);
  });

  test('refused though WeChat names it again: one is forced, by one of the nodes that need it', async () => {
    const [one, other] = [node(), node()];
    const first = await one.current();
    assert.ok(first && (await other.current()) === first);
    const instead = await looking(
      Promise.all([one.instead(first), other.instead(first), one.instead(first)]),
    );
    assert.deepEqual(new Set(instead), new Set([fake.token.given[1]]));
    assert.equal(fake.token.asked.forced, 1);
  });

  test('is forced so many times a day and no more; the operator hears of it', async () => {
    const token = node();
    for (let n = 0; n < FORCED_A_DAY; n += 1) {
      clock.advance(31_000);
      assert.ok(await token.instead((await token.current()) ?? ''), `${n}`);
    }
    clock.advance(31_000);
    assert.equal(await token.instead((await token.current()) ?? ''), null);
    assert.equal(fake.token.asked.forced, FORCED_A_DAY);
    assert.deepEqual(troubles, [{ name: 'quota', call: 'token' }]);
  });

  test('that cannot be had is null, and is asked for again after a pause, not by every call', async () => {
    const token = node();
    fake.moods.token = 'busy';
    assert.deepEqual(await Promise.all([token.current(), token.current()]), [null, null]);
    assert.equal(await token.current(), null);
    assert.equal(fake.calls.token, 1);
    assert.deepEqual(troubles, [{ name: 'errcode', call: 'token', errcode: -1 }]);
    fake.moods.token = 'well';
    clock.advance(3_000);
    assert.ok(await token.current());
  });

  test('of a node that died while it renewed is asked for by another when the lease is over', async () => {
    const now = clock.now();
    await store.lease({ name: 'wechat.token', holder: 'dead', now, until: now + 4_000 });
    assert.ok(await looking(node().current()));
    assert.ok(clock.now() >= now + 4_000);
  });

  test('nothing told of trouble holds the secret or a token', async () => {
    const token = node();
    await token.current();
    for (const mood of ['busy', 'broken', 'html'] as const) {
      fake.moods.token = mood;
      clock.advance(3_000);
      await token.instead((await token.current()) ?? '');
    }
    const told = JSON.stringify(troubles);
    assert.equal(troubles.length, 3);
    for (const secret of [SECRET, ...fake.token.given]) assert.ok(!told.includes(secret), told);
  });
});

describe('a call with the token', () => {
  const post = (): ReturnType<ReturnType<typeof createAuthorized>['post']> => {
    const api = createWechatApi({ base: fake.api, fetch, clock, maxCalls: 100 });
    const body = { openid: 'o', content: 'x', scene: 2, version: 2 };
    return createAuthorized({ api, token }).post({ path: '/wxa/msg_sec_check', body, deadlineMs: 3_000 });
  };
  let token: ServerToken;

  test('is made again with another token where WeChat refuses the first, and not a third time', async () => {
    token = node();
    fake.login.code('o');
    await token.current();
    fake.token.stolen();
    assert.equal((await post()).name, 'fields');
    assert.equal(fake.calls.text, 2);
    fake.moods.text = { errcode: 42001 };
    assert.deepEqual(await post(), { name: 'errcode', errcode: 42001 });
    assert.equal(fake.calls.text, 4);
  });

  test('is not made without a token', async () => {
    token = node();
    fake.moods.token = 'broken';
    assert.deepEqual(await post(), { name: 'silence', why: 'no-token' });
    assert.equal(fake.calls.text, 0);
  });
});

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startServer } from '../support/server.ts';
import { chahua, LIMITS } from './contenders/chahua.ts';
import { ChahuaClient } from './contenders/chahua-client.ts';

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** A room, who writes into it, and who reads there and notes what arrives. */
async function set(t: TestContext) {
  const { url } = await startServer(t, { env: { LIMITS } });
  const room = await chahua.openRoom(url);
  const open = async (index: number): Promise<ChahuaClient> => {
    const client = await ChahuaClient.open(url, index);
    t.after(() => client.close());
    await client.join(room);
    return client;
  };
  const [writer, reader] = [await open(0), await open(1)];
  const read: number[] = [];
  reader.onDelivery = (number) => read.push(number);
  let acks = 0;
  writer.onAck = () => (acks += 1);
  return {
    url,
    room,
    reader,
    read,
    say: (numbers: readonly number[]) => writer.send(room, numbers),
    acked: (count: number) => until(() => acks >= count),
    has: (count: number) => until(() => read.length >= count),
  };
}

/** The runner's own limit ends the wait for what never comes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const SOON = { timeout: 20_000 };

test(
  'who missed more than the hello brings pages, and has each message once, before those that come live',
  SOON,
  async (t) => {
    const { url, reader, read, say, acked, has } = await set(t);
    say(upTo(5));
    await has(5);
    reader.reset();
    say(upTo(450, 5));
    await acked(455);

    const resumed = ChahuaClient.resume(url, reader);
    say(upTo(20, 455));
    const back = await resumed;
    t.after(() => back.close());
    say(upTo(5, 475));
    await has(480);
    assert.deepEqual(read, upTo(480));
  },
);

test('what happens in another room moves no cursor: who comes back has what it missed', SOON, async (t) => {
  const { url, reader, read, say, acked, has } = await set(t);
  say(upTo(5));
  await has(5);
  // Each login is told in the lobby, where everybody is.
  for (let index = 2; index < 20; index += 1) (await ChahuaClient.open(url, index)).close();
  reader.reset();
  say(upTo(3, 5));
  await acked(8);

  const back = await ChahuaClient.resume(url, reader);
  t.after(() => back.close());
  await has(8);
  assert.deepEqual(read, upTo(8));
});

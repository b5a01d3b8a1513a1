/** M17: one reader in a busy room stops reading. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../support/raw-client.ts';
import { sleep } from './robot.ts';
import { Stage } from './stage.ts';

/** More than the kernel's buffers and the server's together can hold. */
const MOST_MESSAGES = 7_000;
/** 6 KB. */
const TEXT = '茶'.repeat(2_000);

test('a reader that stops reading is closed, the others notice nothing, and on its return it misses nothing', async (t) => {
  const stage = await Stage.set(t, { HEARTBEAT_MS: '60000' }); // silence is no fault here
  const [talker, reader, slow] = [
    await stage.robot('talker'),
    await stage.robot('reader'),
    await stage.robot('slow'),
  ];
  // Somebody has a direct room with the slow one, and so is told when its socket goes.
  const { client: friend } = await RawClient.arrive(stage.server.url, 'friend');
  t.after(() => friend.cut());
  await friend.ask('room.open', { user: slow.user });
  const isGone = () => friend.pushed('presence').some(({ user, online }) => user === slow.user && !online);

  slow.pause();
  let said = 0;
  while (!isGone() && said < MOST_MESSAGES) {
    while (talker.waiting < 100) {
      talker.say(TEXT);
      said++;
    }
    await sleep(1);
  }
  assert.ok(isGone(), `closed within ${MOST_MESSAGES} messages`);
  assert.deepEqual(talker.goodbyes, []);
  assert.deepEqual(reader.goodbyes, []);

  slow.resume();
  await slow.until(() => slow.goodbyes.length > 0, 10_000);
  assert.ok([4409, 1006].includes(slow.goodbyes[0]!.code), `closed with ${slow.goodbyes[0]!.code}`);
  await stage.verdict();
  assert.equal(slow.goodbyes.length, 1);
  t.diagnostic(`closed after ${said} messages`);
});

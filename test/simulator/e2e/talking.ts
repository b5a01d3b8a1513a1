/** Signing in, talking, taking back. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Playing } from './play.ts';

export function talking(playing: Playing): void {
  it('a newcomer signs in by name and stands in the list of rooms', async () => {
    const opened = await playing().show(['nora'], 'signin=0');
    const nora = opened.phone('nora');
    await nora.signIn('nora');
    await nora.text('大厅').waitFor();
    assert.match(await nora.title.innerText(), /消息/);
    await opened.card('nora').getByText('signed-in · live').waitFor();
  });

  it('two people talk, and each sees both in one order', async () => {
    const opened = await playing().show(['alice', 'bob']);
    const [alice, bob] = [opened.phone('alice'), opened.phone('bob')];
    await Promise.all([alice.enter('大厅'), bob.enter('大厅')]);
    await alice.say('你好，Bob');
    await bob.text('你好，Bob').waitFor();
    await bob.say('Hi Alice, a text long enough to need a second line in its bubble');
    await alice.text(/^Hi Alice/).waitFor();
    assert.deepEqual(await alice.said(), await bob.said());
  });

  it('a message that is recalled is gone from both phones', async () => {
    const play = playing();
    await play.group('收回', ['carl', 'cora']);
    const opened = await play.show(['carl', 'cora']);
    const [carl, cora] = [opened.phone('carl'), opened.phone('cora')];
    await Promise.all([carl.enter('收回'), cora.enter('收回')]);
    await carl.say('说错了');
    await cora.text('说错了').waitFor();
    await carl.sent();
    await carl.act('说错了', carl.words.rowActions.recall);
    await cora.text(/carl.?撤回了一条消息/).waitFor();
    await carl.text(/你撤回了一条消息/).waitFor();
    assert.equal(await cora.text('说错了').count(), 0);
  });

  it('what was begun in a room stands there after a cold start, and is not sent', async () => {
    const play = playing();
    await play.group('草稿', ['dana']);
    const opened = await play.show(['dana']);
    const dana = opened.phone('dana');
    await dana.enter('草稿');
    await dana.field.fill('写了一半');
    await opened.press('dana', 'Freeze 31 min');
    await dana.text('草稿').waitFor();
    await dana.enter('草稿');
    assert.equal(await dana.field.inputValue(), '写了一半');
    assert.deepEqual(await dana.said(), []);
  });
}

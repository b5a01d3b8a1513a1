/** What a phone does to an app, and that nothing is lost by it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Playing } from './play.ts';

export function breaking(playing: Playing): void {
  it('after the network was cut while both typed, everything is on both phones once, in one order', async () => {
    const play = playing();
    await play.group('断网', ['dora', 'dirk']);
    const opened = await play.show(['dora', 'dirk']);
    const [dora, dirk] = [opened.phone('dora'), opened.phone('dirk')];
    await Promise.all([dora.enter('断网'), dirk.enter('断网')]);
    await dora.say('以前');
    await dirk.text('以前').waitFor();

    await opened.press('dora', 'Cut network');
    await dora.window.getByText(/未连接/).waitFor();
    for (const n of [1, 2, 3]) {
      await dora.say(`dora ${n}`);
      await dirk.say(`dirk ${n}`);
    }
    await dora.window.getByText(/3 条待发送/).waitFor();
    await dora.field.fill('还在写');
    await dora.photograph('offline');
    assert.equal(await dirk.text('dora 1').count(), 0, 'a cut line lets something through');
    // The 30 s that the app would wait: its clock goes on, its timers fire, and the line is still cut.
    await dora.pass(30_000);

    await opened.press('dora', 'Cut network');
    await dirk.text('dora 3').waitFor();
    await dora.text('dirk 3').waitFor();
    await dora.sent();
    const said = await dirk.said();
    assert.deepEqual(await dora.said(), said);
    assert.deepEqual(
      said.toSorted(),
      ['以前', 'dirk 1', 'dirk 2', 'dirk 3', 'dora 1', 'dora 2', 'dora 3'].toSorted(),
    );
    assert.equal(await dora.field.inputValue(), '还在写', 'what was being typed is gone');
  });

  it('an app destroyed after half an hour has what it missed and what it had not sent, once, in one order', async () => {
    const play = playing();
    const { owner, room } = await play.group('久别', ['fred', 'fay']);
    const opened = await play.show(['fred', 'fay']);
    const [fred, fay] = [opened.phone('fred'), opened.phone('fay')];
    await Promise.all([fred.enter('久别'), fay.enter('久别')]);
    await fred.say('我先走了');
    await fay.text('我先走了').waitFor();
    await opened.press('fred', 'Cut network');
    await fred.window.getByText(/未连接/).waitFor();
    await fred.say('没发出去的');
    await fred.field.fill('没写完的');
    await opened.press('fred', 'Freeze 31 min');
    await owner.sendText(room, 'meanwhile', '你错过的');
    await fay.say('他错过的');
    await opened.press('fred', 'Cut network');

    await fred.text('大厅').waitFor();
    await fred.enter('久别');
    await fred.text('他错过的').waitFor();
    await fay.text('没发出去的').waitFor();
    await fred.sent();
    const said = await fay.said();
    assert.deepEqual(await fred.said(), said);
    assert.deepEqual(said.toSorted(), ['我先走了', '没发出去的', '你错过的', '他错过的'].toSorted());
    assert.equal(await fred.field.inputValue(), '没写完的', 'what was being typed is gone');
    assert.ok((await fred.status()).aheadMs >= 31 * 60_000, 'no time went by on the phone');
  });

  it('a connection that falls silent is found out, and the app comes back by itself', async () => {
    const play = playing();
    const { owner, room } = await play.group('无声', ['hans']);
    const opened = await play.show(['hans']);
    const hans = opened.phone('hans');
    await hans.enter('无声');
    await hans.rows.first().waitFor();
    await opened.press('hans', 'Half-open');
    await owner.sendText(room, 'lost-on-the-way', '听得到吗');
    // It asks for a life sign when it comes to the front, and has 2 s to get one.
    await opened.press('hans', 'Background');
    await opened.press('hans', 'Background');
    await hans.text('听得到吗').waitFor();
  });

  it('over a lossy line everything arrives, once, in one order', async () => {
    const play = playing();
    await play.group('丢包', ['lena', 'lars']);
    const opened = await play.show(['lena', 'lars']);
    const [lena, lars] = [opened.phone('lena'), opened.phone('lars')];
    await Promise.all([lena.enter('丢包'), lars.enter('丢包')]);
    await opened.press('lena', 'Lose 20 %');
    const texts = ['一', '二', '三', '四', '五'];
    for (const text of texts) await lena.say(text);
    // Stalls double, and a line that seems dead is dialled anew over the same loss: chance may take its time.
    await lars.text('五').waitFor({ timeout: 90_000 });
    assert.deepEqual(await lars.said(), texts);
    await lena.sent();
    assert.deepEqual(await lena.said(), texts);
  });

  it('a message that was refused says why, stays, and is sent when one tries again', async () => {
    const play = playing();
    const { owner, room, ids } = await play.group('禁言', ['emil']);
    const [emilId] = ids;
    const opened = await play.show(['emil']);
    const emil = opened.phone('emil');
    await emil.enter('禁言');
    // Written while there is no network, so that the app cannot know what it will be told.
    await opened.press('emil', 'Cut network');
    await emil.window.getByText(/未连接/).waitFor();
    await emil.say('听我说');
    await owner.ask('room.manage', { room, cid: 'mute', action: 'mute', user: emilId!, seconds: 600 });
    await opened.press('emil', 'Cut network');
    await emil.failed.waitFor();
    await emil.photograph('failed');

    await owner.ask('room.manage', { room, cid: 'unmute', action: 'unmute', user: emilId! });
    await emil.retry(emil.words.rowActions.resend);
    await owner.until('the message arrives', () =>
      owner.entries(room).some(({ body }) => 'text' in body && body.text === '听我说'),
    );
    await emil.failed.waitFor({ state: 'detached' });
  });

  it('with the storage full the app says so and still talks', async () => {
    const play = playing();
    const { owner, room } = await play.group('满了', ['fiona']);
    const opened = await play.show(['fiona']);
    const fiona = opened.phone('fiona');
    await fiona.enter('满了');
    await opened.press('fiona', 'Storage full');
    await fiona.say('还能说');
    await owner.until('the message arrives', () =>
      owner.entries(room).some(({ body }) => 'text' in body && body.text === '还能说'),
    );
    assert.deepEqual(await fiona.said(), ['还能说']);
  });
}

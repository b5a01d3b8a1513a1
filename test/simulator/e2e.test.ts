/** Two people and more in a real browser, before a real server: what a person can do, and what goes wrong on phones. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import { RawClient } from '../support/raw-client.ts';
import { findChromium, Stage, type Show } from './browser.ts';

const chromium = findChromium();
const isCi = process.env['CI'] === 'true';
const skip =
  chromium === null && !isCi
    ? 'there is no Chromium: install one (Debian: apt-get install chromium) or name it in CHROMIUM'
    : false;

describe('the preview in a browser', { skip, timeout: 120_000 }, () => {
  let stage: Stage;
  let shows: Show[] = [];

  before(async () => {
    if (chromium === null) throw new Error('CI has to have a Chromium; CHROMIUM names one elsewhere');
    stage = await Stage.open(chromium);
  });
  after(() => stage?.close());
  afterEach(async () => {
    const faults = shows.flatMap((show) => show.faults);
    shows = [];
    await stage.clear();
    assert.deepEqual(faults, []);
  });

  async function show(users: string[], options?: string): Promise<Show> {
    const opened = await stage.show(users, options);
    shows.push(opened);
    return opened;
  }

  /** A group of these people alone, made by one who owns it and is on no phone. */
  async function group(
    name: string,
    members: string[],
  ): Promise<{ owner: RawClient; room: string; ids: UserId[] }> {
    const { client: owner } = await RawClient.arrive(stage.serverUrl, `${name}-owner`);
    const ids: UserId[] = [];
    for (const member of members) {
      const { client, hello } = await RawClient.arrive(stage.serverUrl, member);
      ids.push(hello.user.id);
      await client.close();
    }
    const { room } = await owner.ask('room.create', { kind: 'group', name, members: ids });
    return { owner, room: room.id, ids };
  }

  /** 第1条, 第2条 …; so many at a time as a socket may have open. */
  async function fill(client: RawClient, room: string, count: number): Promise<void> {
    for (let done = 0; done < count; done += 20) {
      const numbers = Array.from({ length: Math.min(20, count - done) }, (_, index) => done + index + 1);
      await Promise.all(numbers.map((n) => client.sendText(room, `fill-${n}`, `第${n}条`)));
    }
  }

  it('a newcomer signs in by name and stands in the list of rooms', async () => {
    const { page } = await show(['nora'], 'signin=0');
    const nora = shows[0]!.phone('nora');
    await nora.photograph('sign-in');
    await nora.window.getByLabel('名字').fill('nora');
    await nora.screen.getByRole('button', { name: '前往' }).click();
    await nora.text('大厅').waitFor();
    assert.match(await nora.title.innerText(), /消息/);
    await page.getByLabel('nora', { exact: true }).getByText('signed-in · live').waitFor();
  });

  it('two people talk, and each sees both in one order', async () => {
    const opened = await show(['alice', 'bob']);
    const [alice, bob] = [opened.phone('alice'), opened.phone('bob')];
    await Promise.all([alice.enter('大厅'), bob.enter('大厅')]);
    await alice.say('你好，Bob');
    await bob.text('你好，Bob').waitFor();
    await bob.say('Hi Alice, a text long enough to need a second line in its bubble');
    await alice.text(/^Hi Alice/).waitFor();
    assert.deepEqual(await alice.said(), await bob.said());
    await opened.photograph('preview');
    await alice.photograph('chat');
  });

  it('history comes as one scrolls up, and what is on screen stays where it is', async () => {
    const { owner, room } = await group('旧事', ['hugo']);
    await fill(owner, room, 160);
    const opened = await show(['hugo']);
    const hugo = opened.phone('hugo');
    await hugo.enter('旧事');
    await hugo.text('第160条').waitFor();
    assert.equal(await hugo.text('第1条').count(), 0, 'the whole log is there at once');

    const list = hugo.window.locator('wx-scroll-view');
    const moved: number[] = [];
    // Near the top again and again, each time a little higher: only a move upwards asks for more.
    for (let tries = 0; tries < 20 && (await hugo.text('第1条').count()) === 0; tries += 1) {
      moved.push(
        await list.evaluate(async (view, place) => {
          const rows = (): Element[] => [...view.querySelectorAll('[class*="--row"]')];
          const topOf = (row: Element | undefined): number => row?.getBoundingClientRect().top ?? Number.NaN;
          view.scrollTop = place;
          const count = rows().length;
          const seen = rows().find((row) => topOf(row) > topOf(view));
          const before = topOf(seen);
          for (let frames = 0; frames < 30 && rows().length === count; frames += 1) {
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
          return topOf(seen) - before;
        }, 400 - tries),
      );
    }
    await hugo.text('第1条').waitFor({ state: 'attached' });
    assert.ok(
      moved.every((px) => Math.abs(px) <= 1),
      `what was on screen moved by ${moved.join(', ')} px`,
    );
    await owner.close();
  });

  it('a message that is recalled is gone from both phones', async () => {
    const { owner } = await group('收回', ['carl', 'cora']);
    const opened = await show(['carl', 'cora']);
    const [carl, cora] = [opened.phone('carl'), opened.phone('cora')];
    await Promise.all([carl.enter('收回'), cora.enter('收回')]);
    await carl.say('说错了');
    await cora.text('说错了').waitFor();
    await carl.window.getByLabel('发送中').waitFor({ state: 'detached' });
    await carl.hold('说错了');
    await carl.photograph('actions');
    await carl.choose('撤回');
    await cora.text('carl撤回了一条消息').waitFor();
    await carl.text('你撤回了一条消息').waitFor();
    assert.equal(await cora.text('说错了').count(), 0);
    await owner.close();
  });

  it('after the network was cut while both typed, everything is on both phones once, in one order', async () => {
    const { owner } = await group('断网', ['dora', 'dirk']);
    const opened = await show(['dora', 'dirk']);
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
    await dora.photograph('offline');
    assert.equal(await dirk.text('dora 1').count(), 0, 'a cut line lets something through');

    await opened.press('dora', 'Cut network');
    await dirk.text('dora 3').waitFor();
    await dora.text('dirk 3').waitFor();
    const said = await dirk.said();
    assert.deepEqual(await dora.said(), said);
    assert.deepEqual(
      said.toSorted(),
      ['以前', 'dirk 1', 'dirk 2', 'dirk 3', 'dora 1', 'dora 2', 'dora 3'].toSorted(),
    );
    await owner.close();
  });

  it('a connection that falls silent is found out, and the app comes back by itself', async () => {
    const { owner, room } = await group('无声', ['hans']);
    const opened = await show(['hans']);
    const hans = opened.phone('hans');
    await hans.enter('无声');
    await hans
      .text(/打个招呼|创建了聊天|邀请/)
      .first()
      .waitFor();
    await opened.press('hans', 'Half-open');
    await owner.sendText(room, 'lost-on-the-way', '听得到吗');
    // It asks for a life sign when it comes to the front, and has 2 s to get one.
    await opened.press('hans', 'Background');
    await opened.press('hans', 'Background');
    await hans.text('听得到吗').waitFor();
    await owner.close();
  });

  it('a message that was refused says why, stays, and is sent when one tries again', async () => {
    const { owner, room, ids } = await group('禁言', ['emil']);
    const [emilId] = ids;
    const opened = await show(['emil']);
    const emil = opened.phone('emil');
    await emil.enter('禁言');
    await owner.ask('room.manage', { room, cid: 'mute', action: 'mute', user: emilId!, seconds: 600 });
    await emil.say('听我说');
    await emil.text('你已被禁言').waitFor();
    await emil.photograph('failed');

    await owner.ask('room.manage', { room, cid: 'unmute', action: 'unmute', user: emilId! });
    await emil.window.getByRole('button', { name: '发送失败，轻触处理' }).click();
    await emil.choose('重发');
    await owner.until('the message arrives', () =>
      owner.entries(room).some(({ body }) => 'text' in body && body.text === '听我说'),
    );
    await emil.window.getByRole('button', { name: '发送失败，轻触处理' }).waitFor({ state: 'detached' });
    await owner.close();
  });

  it('an app destroyed after half an hour starts from its storage and has what it missed', async () => {
    const { owner, room } = await group('久别', ['fred']);
    const opened = await show(['fred']);
    const fred = opened.phone('fred');
    await fred.enter('久别');
    await fred.say('我先走了');
    await owner.until('it arrives', () => owner.entries(room).some(({ kind }) => kind === 'text'));
    await opened.press('fred', 'Freeze 31 min');
    await owner.sendText(room, 'meanwhile', '你错过的');
    await fred.text('大厅').waitFor();
    await fred.enter('久别');
    await fred.text('你错过的').waitFor();
    assert.deepEqual(await fred.said(), ['我先走了', '你错过的']);
    assert.ok((await fred.status()).aheadMs >= 31 * 60_000, 'no time went by on the phone');
    await owner.close();
  });

  it('the composer stands on the keyboard and the end of the list above the composer', async () => {
    const { owner, room } = await group('键盘', ['greta']);
    await fill(owner, room, 20);
    const opened = await show(['greta']);
    const greta = opened.phone('greta');
    await greta.enter('键盘');
    await greta.text('第20条').waitFor();
    await greta.window.getByLabel('消息', { exact: true }).click();
    const box = async (locator: ReturnType<typeof greta.text>) => (await locator.boundingBox())!;
    const keyboard = await box(greta.screen.locator('.keyboard'));
    const field = await box(greta.window.getByLabel('消息', { exact: true }));
    await assert.doesNotReject(greta.text('第20条').click({ trial: true }), 'the newest message is covered');
    const newest = await box(greta.text('第20条'));
    assert.ok(newest.y + newest.height <= field.y, 'the newest message is under the composer');
    assert.ok(field.y + field.height <= keyboard.y, 'the field is under the keyboard');
    await greta.photograph('keyboard');
    await owner.close();
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`every page is shown in ${theme} colours`, async () => {
      const user = `pia-${theme}`;
      const { owner, room } = await group(`颜色-${theme}`, [user]);
      await owner.sendText(room, 'c1', '今天喝什么茶？');
      const opened = await show([user], `theme=${theme}`);
      const pia = opened.phone(user);
      await pia.text(`颜色-${theme}`).waitFor();
      await pia.photograph(`rooms-${theme}`);
      await pia.enter(`颜色-${theme}`);
      await pia.say('龙井');
      await pia.text('龙井').waitFor();
      await pia.photograph(`chat-${theme}`);
      const background = await pia.window
        .locator('page')
        .evaluate((page) => getComputedStyle(page).backgroundColor.match(/\d+/g)?.map(Number) ?? []);
      const isDark = background.every((part) => part < 64);
      assert.equal(isDark, theme === 'dark', `the page is rgb(${background.join(', ')})`);
      await pia.text(/位成员/).click();
      await pia.text(user).waitFor();
      await pia.photograph(`members-${theme}`);
      await pia.back();
      await pia.back();
      await pia.tab('我');
      await pia.window.getByLabel('昵称').waitFor();
      await pia.photograph(`profile-${theme}`);
      await owner.close();
    });
  }
});

/**
 * Subscribe messages as the person meets them: in through WeChat, asked at a tap, and told of the next message while
 * away. The phone is the preview's in a browser, the server a real one, WeChat a fake that counts as WeChat does.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { APPID, FakeWechat, SECRET } from '../support/fake-wechat/fake-wechat.ts';
import { RawClient } from '../support/raw-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { Play } from './e2e/play.ts';
import { findChromium, Stage } from './e2e/stage.ts';

const chromium = findChromium();
const skip = chromium === null ? 'there is no Chromium: install one, or name it in CHROMIUM' : false;
const TEMPLATE = 'TPL-DIRECT';
const OPENID = 'OPENID-MARKER-ben';
const ALLOW = '允许';

describe('notices, from the tap to WeChat', { skip, timeout: 120_000 }, () => {
  let fake: FakeWechat;
  let stage: Stage;

  before(async () => {
    fake = await FakeWechat.start(() => Date.now());
    fake.login.phones((code) => (code.startsWith('preview-ben-') ? OPENID : undefined));
    fake.subscribe.template(TEMPLATE, ['thing1', 'thing2', 'time3']);
    stage = await Stage.open(chromium ?? '', {
      WECHAT_APPID: APPID,
      WECHAT_SECRET: SECRET,
      WECHAT_API: fake.api,
      SUBSCRIBE_TEMPLATES: `direct:${TEMPLATE}:thing1=from;thing2=text;time3=time`,
    });
  });
  after(async () => {
    await stage?.close();
    await fake.stop();
  });

  it('who answers one person is asked, allows it, goes away, and is told of what comes', async () => {
    const play = new Play(stage);
    const show = await play.show(['ben'], 'signin=0');
    const ben = show.phone('ben');
    await ben.button(ben.words.signIn.byWeChat).click();
    await ben.text('大厅').waitFor();
    const ann = await RawClient.arrive(stage.serverUrl, 'ann');
    const lobby = ann.hello.rooms[0]!.id;
    const { members } = await ann.client.ask('room.members', { room: lobby });
    const benIs = members.find(({ user }) => user.id !== ann.hello.user.id)!.user.id;
    const { room } = await ann.client.ask('room.open', { user: benIs });
    await ann.client.sendText(room.id, 'c1', '下午喝茶吗？');

    await ben.enter('ann');
    await ben.say('好');
    await ben.screen.getByRole('dialog').waitFor();
    fake.subscribe.accept(OPENID, TEMPLATE);
    const told = show.page.waitForResponse((response) => response.url().endsWith('/v1/notices'));
    await ben.choose(ALLOW);
    assert.equal((await told).status(), 200);
    await ben.sent();
    assert.deepEqual(await play.end(), []);

    await ann.client.until('ben is away', () =>
      ann.client.pushed('presence').some(({ user, online }) => user === benIs && !online),
    );
    await ann.client.sendText(room.id, 'c2', '带上那本书');
    await waitFor('WeChat was told', () => fake.subscribe.sent.length === 1);
    const [sent] = fake.subscribe.sent;
    assert.deepEqual([sent?.openid, sent?.page], [OPENID, `pages/chat/chat?room=${room.id}`]);
    assert.equal(sent?.data['thing1'], 'ann');
    await ann.client.close();
  });
});

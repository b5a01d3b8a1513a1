/**
 * A moderator's day (docs/moderating.md): the command line acts on a real server while two phones are open, and each
 * act is seen there at once. What was typed and what it printed goes into screenshots/, beside the pictures.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { at, type TerminalOptions } from '../cli/terminal.ts';
import { Play } from './e2e/play.ts';
import { SCREENSHOTS } from './e2e/phone.ts';
import { findChromium, Stage } from './e2e/stage.ts';

const chromium = findChromium();
const skip = chromium === null ? 'there is no Chromium: install one, or name it in CHROMIUM' : false;
const ROOM = '茶馆';
const NOISY = 'noisy';

describe('a moderator’s day, with both phones open', { skip, timeout: 240_000 }, () => {
  let stage: Stage;
  const folder = mkdtempSync(join(tmpdir(), 'chahua-day-'));
  const transcript: string[] = [];

  before(async () => {
    stage = await Stage.open(chromium ?? '');
  });
  after(async () => {
    await stage?.close();
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(join(SCREENSHOTS, 'moderators-day.txt'), transcript.join('\n'));
  });

  async function chahua(args: string[], options: TerminalOptions = {}): Promise<string> {
    const { code, out, err } = await at(stage.administered, options).run(...args);
    const typed = args.map((arg) => (/[\s"]/.test(arg) ? `"${arg}"` : arg)).join(' ');
    transcript.push(`$ npx chahua ${typed}\n${err}${out}`);
    assert.equal(code, 0, `${typed}: ${err}`);
    return out;
  }
  async function jsonOf<T>(...args: string[]): Promise<T> {
    const { out } = await at(stage.administered).run(...args, '--json');
    return JSON.parse(out) as T;
  }

  it('somebody is noisy: found, muted, reported, recalled, exported, followed, and all of it is in the audit log', async () => {
    const play = new Play(stage);
    await play.group(ROOM, [NOISY, 'amy']);
    const show = await play.show([NOISY, 'amy']);
    const [noisy, amy] = [show.phone(NOISY), show.phone('amy')];
    await Promise.all([noisy.enter(ROOM), amy.enter(ROOM)]);
    for (let n = 1; n <= 10; n += 1) await noisy.say(`加微信 tea${n}`);
    await noisy.sent();
    await noisy.say('<b>粗体</b> & "引号"');
    await noisy.sent();
    await amy.text('加微信 tea10').waitFor();
    await amy.act('加微信 tea10', amy.words.rowActions.report);
    await amy.choose(amy.words.reportReasons.spam);

    await chahua(['help']);
    await chahua(['user', 'list', NOISY]);
    await chahua(['room', 'list', ROOM]);
    await chahua(['message', 'list', ROOM, '--limit', '3']);
    await chahua(['user', 'mute', NOISY, '--for', '10m', '--reason', '刷屏']);
    await noisy.window
      .getByText(/你被禁言.*原因：.*刷屏/)
      .first()
      .waitFor();
    await show.photograph('moderating-muted');

    const { reports } = await jsonOf<{ reports: { id: string; target: number }[] }>(
      'report',
      'list',
      '--open',
    );
    assert.equal(reports.length, 1);
    const [{ id, target }] = reports as [{ id: string; target: number }];
    await chahua(['report', 'list', '--open']);
    await chahua(['report', 'show', id]);
    await chahua(['report', 'resolve', id, '--action', 'none']);
    assert.deepEqual((await jsonOf<{ reports: [] }>('report', 'list', '--open')).reports, []);

    await chahua(['words', 'add', '加微信', '--action', 'mask']);
    await chahua(['words', 'test', '加 微—信 吧']);
    await amy.say('别再加薇信, 加微信也别');
    await amy.text('别再加薇信, ＊＊＊也别').waitFor();

    await chahua(['message', 'search', '加微信', '--room', ROOM, '--limit', '3']);
    const span = `${target - 9}-${target}`;
    const recall = ['message', 'recall', ROOM, span, '--reason', '广告'];
    await chahua([...recall, '--dry-run']);
    await amy.text('加微信 tea10').waitFor();
    await chahua(recall, { answer: 'y' });
    await amy.text('加微信 tea10').waitFor({ state: 'detached' });
    await amy.window.getByText(amy.words.recall.server).first().waitFor();
    assert.equal(await amy.window.getByText('加微信').count(), 0);
    await show.photograph('moderating-recalled');

    const file = join(folder, 'room.html');
    await chahua(['export', ROOM, '--out', file, '--format', 'html']);
    const html = readFileSync(file, 'utf8');
    assert.ok(!html.includes('加微信') && html.includes('&lt;b&gt;粗体&lt;/b&gt; &amp; &quot;引号&quot;'));
    const page = await stage.blank();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(pathToFileURL(file).href);
      await page.screenshot({ path: join(SCREENSHOTS, `moderating-export-${colorScheme}.png`) });
    }
    assert.equal(await page.locator('.recalled').count(), 10);
    await page.close();

    await chahua(['user', 'unmute', NOISY]);
    const follower = at(stage.administered);
    follower.onSleep = () => {
      if (follower.out.includes('我不吵了')) follower.interrupt.abort();
    };
    const following = follower.run('message', 'list', ROOM, '--follow', '--limit', '1');
    await noisy.say('我不吵了');
    await amy.text('我不吵了').waitFor();
    const { code, out: followed } = await following;
    assert.equal(code, 0);
    assert.match(followed, /noisy: 我不吵了\n$/);
    const log = await chahua(['audit', 'list', '--limit', '5']);
    assert.match(log, /user\.unmute[^]*message\.recall/);
    const { records } = await jsonOf<{ records: { act: string }[] }>('audit', 'list');
    const acts = records.map(({ act }) => act).toReversed();
    const recalls = Array.from({ length: 10 }, () => 'message.recall');
    assert.deepEqual(acts, ['user.mute', 'report.resolve', 'words.add', ...recalls, 'user.unmute']);
    assert.deepEqual(await play.end(), []);
  });
});

/** What else people do: pictures, groups, searching, reporting. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Playing } from './play.ts';

/** The smallest PNG there is: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export function doing(playing: Playing): void {
  it('a picture from the album appears on the other phone, after consent was asked for', async () => {
    const play = playing();
    await play.group('照片', ['paul', 'petra']);
    const opened = await play.show(['paul', 'petra']);
    const [paul, petra] = [opened.phone('paul'), opened.phone('petra')];
    await Promise.all([paul.enter('照片'), petra.enter('照片')]);
    const chooser = opened.page.waitForEvent('filechooser');
    await paul.button(paul.words.composer.more).click();
    await paul.button(paul.words.composer.album).click();
    await paul.consent();
    await (await chooser).setFiles({ name: 'tea.png', mimeType: 'image/png', buffer: PIXEL });
    const picture = petra.window.locator('.message-bubble--picture img');
    await picture.waitFor();
    const isLoaded = (image: Element): boolean => (image as HTMLImageElement).naturalWidth === 1;
    await picture.evaluate((image) => (image as HTMLImageElement).decode());
    assert.ok(await picture.evaluate(isLoaded), 'the picture does not load');
    await paul.sent();
  });

  it('a group is made with somebody one knows, who finds it in the list', async () => {
    const play = playing();
    await play.group('旧群', ['gina', 'gustav']);
    const opened = await play.show(['gina', 'gustav']);
    const [gina, gustav] = [opened.phone('gina'), opened.phone('gustav')];
    await gina.text('旧群').waitFor();
    await gina.open('/pages/pick/pick');
    await gina.window.locator('input').first().fill('新群');
    await gina.window.getByRole('checkbox').filter({ hasText: 'gustav' }).click();
    await gina.window.locator('wx-button').click();
    await gina.field.waitFor();
    await gustav.text('新群').waitFor();
  });

  it('what was said is found by a word of it, and a tap leads there', async () => {
    const play = playing();
    const { owner, room } = await play.group('找得到', ['sven']);
    await owner.sendText(room, 's1', '明天下午三点喝碧螺春');
    const sven = (await play.show(['sven'])).phone('sven');
    await sven.text('找得到').waitFor();
    await sven.open('/pages/search/search');
    await sven.window.locator('input').fill('碧螺春');
    await sven.part('hit').click();
    await sven.text('明天下午三点喝碧螺春').waitFor();
  });
}

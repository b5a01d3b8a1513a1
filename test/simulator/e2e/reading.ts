/** History, and where a reader stands while things happen. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { measureChat } from '../budget/chat.ts';
import { LIMITS } from '../budget/limits.ts';
import { fill } from './people.ts';
import type { Playing } from './play.ts';
import type { Phone } from './phone.ts';

export function reading(playing: Playing): void {
  it('history comes as one scrolls up on a slow phone, and what is on screen stays where it is', async () => {
    const play = playing();
    await fill(await play.group('旧事', ['hugo']), 260);
    const hugo = (await play.show(['hugo'])).phone('hugo');
    await hugo.enter('旧事');
    await hugo.text('第260条').waitFor();
    await hugo.slowDown(12);
    assert.equal(await hugo.text('第1条').count(), 0, 'the whole log is there at once');
    const moved: number[] = [];
    while ((await hugo.text('第1条').count()) === 0) moved.push(await pullHistory(hugo));
    assert.ok(moved.length >= 2, 'all came in one piece');
    assert.ok(
      moved.every((px) => Math.abs(px) < 1),
      `what was on screen moved by ${moved.join(', ')} px`,
    );
  });

  it('who reads old messages stays there while new ones come, and is brought down by the button', async () => {
    const play = playing();
    const made = await play.group('往上看', ['ida']);
    await fill(made, 60);
    const ida = (await play.show(['ida'])).phone('ida');
    await ida.enter('往上看');
    await ida.text('第60条').waitFor();
    const list = ida.window.locator('wx-scroll-view');
    await list.evaluate((view) => view.scrollTo(0, view.scrollHeight - view.clientHeight - 400));
    await ida.frames(5);
    const before = await list.evaluate((view) => view.scrollTop);
    await made.owner.sendText(made.room, 'new', '新的来了');
    await ida.toEnd.getByText(/新消息/).waitFor();
    assert.equal(await list.evaluate((view) => view.scrollTop), before);
    await ida.toEnd.click();
    await ida.seen('新的来了');
  });

  it('a new message and a page of history cost one small setData each, and the view holds a window', async () => {
    const cost = await measureChat(playing(), { messages: 260, pages: 8 });
    assert.ok(cost.read > 0, 'no history was read');
    for (const { calls, bytes } of [cost.message, cost.messageWhileReading])
      assert.ok(calls <= 1 && bytes <= LIMITS.messageBytes, `a message: ${calls} calls, ${bytes} bytes`);
    const { calls, bytes } = cost.history;
    assert.ok(calls <= 1 && bytes <= LIMITS.historyBytes, `a page: ${calls} calls, ${bytes} bytes`);
    assert.ok(cost.rows <= LIMITS.rows, `${cost.rows} rows`);
    // Time is judged by `npm run budget`; here only what no busy machine explains.
    assert.ok(cost.coldStartMs <= 10 * LIMITS.coldStartMs, `a cold start of ${cost.coldStartMs} ms`);
  });

  it('the composer stands on the keyboard and the end of the list above the composer', async () => {
    const play = playing();
    await fill(await play.group('键盘', ['greta']), 20);
    const greta = (await play.show(['greta'])).phone('greta');
    await greta.enter('键盘');
    await greta.text('第20条').waitFor();
    await greta.field.click();
    const keyboard = await greta.box(greta.screen.locator('.keyboard'));
    const field = await greta.box(greta.field);
    await greta.seen('第20条');
    const newest = await greta.box(greta.text('第20条'));
    assert.ok(newest.y + newest.height <= field.y, 'the newest message is under the composer');
    assert.ok(field.y + field.height <= keyboard.y, 'the field is under the keyboard');
  });
}

/** Moves up until an older page comes. @returns by how many px what was on screen moved meanwhile */
function pullHistory(phone: Phone): Promise<number> {
  return phone.window.locator('wx-scroll-view').evaluate(async (view) => {
    const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
    const rows = (): Element[] => [...view.querySelectorAll('.message-list--row')];
    const topOf = (row: Element | undefined): number => row?.getBoundingClientRect().top ?? Number.NaN;
    const oldest = (): number =>
      Math.min(
        ...rows().flatMap(
          (row) =>
            /第(\d+)条/
              .exec(row.textContent ?? '')
              ?.slice(1)
              .map(Number) ?? [],
        ),
      );
    // Down first: only a move upwards asks for more, and not twice in 200 ms. So up by a pixel a frame until it comes.
    view.scrollTop = 700;
    await frame();
    const had = oldest();
    let seen: Element | undefined;
    let before = Number.NaN;
    for (let place = 440; oldest() === had && place > 0; place -= 1) {
      view.scrollTop = place;
      seen = rows().find((row) => topOf(row) > topOf(view));
      before = topOf(seen);
      await frame();
    }
    await frame();
    return topOf(seen) - before;
  });
}

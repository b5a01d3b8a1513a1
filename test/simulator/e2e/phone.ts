/**
 * One phone of the preview, as its user meets it: by what is written and labelled on the screen, in its language. Where
 * a page changes, this is what changes with it, not the tests. Every wait is for a condition.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import type { Words } from '../../../miniprogram/words/zh.ts';
import type { PhoneStatus } from '../phone/control.ts';

export const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots/', import.meta.url));
/** Conditions come true in a moment here; a busy machine may need longer. */
export const PATIENCE_MS = 20_000;

export class Phone {
  readonly user: string;
  /** What the app says, in this phone's language. */
  readonly words: Words;
  readonly #page: Page;

  constructor(page: Page, { user, words }: { user: string; words: Words }) {
    this.#page = page;
    this.user = user;
    this.words = words;
  }

  /** The whole of it, bars and dialogs too. */
  get screen(): Locator {
    return this.#page.frameLocator(`iframe[title="${this.user}"]`).locator('body');
  }

  /** The page on top. */
  get window(): Locator {
    return this.screen.locator('.window:not([hidden])');
  }

  get title(): Locator {
    return this.screen.getByRole('banner');
  }

  /** What is written in the list or the chat on top. */
  text(words: string | RegExp): Locator {
    return this.window.getByText(words, { exact: true });
  }

  /** As on a phone that is so many times slower; what the browser tells late, as what is in sight, comes later too. */
  async slowDown(times: number): Promise<void> {
    const session = await this.#page.context().newCDPSession(this.#page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: times });
  }

  /** From the list of rooms. */
  async enter(room: string): Promise<void> {
    await this.text(room).click();
    await this.field.waitFor();
  }

  /** Where one writes, in a chat. */
  get field(): Locator {
    return this.window.locator('textarea');
  }

  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.window.getByRole('button', { name: this.words.composer.send, exact: true }).click();
  }

  /** The rows of the chat on top that the view holds. */
  get rows(): Locator {
    return this.window.locator('.message-list--row');
  }

  /** By name, as a developer does. */
  async signIn(name: string): Promise<void> {
    await this.window.locator('input').fill(name);
    await this.screen.locator('.keyboard .confirm').click();
  }

  /** Long enough for the actions of a message to appear. */
  async hold(words: string): Promise<void> {
    await this.text(words).click({ delay: 500 });
  }

  /** A sheet of WeChat's, by its cancel button. */
  async putAway(): Promise<void> {
    await this.screen.getByRole('dialog').getByRole('button').last().click();
  }

  /** Holds what is said and does something with it. */
  async act(words: string, action: string): Promise<void> {
    await this.hold(words);
    await this.choose(action);
  }

  button(words: string): Locator {
    return this.window.getByRole('button', { name: words, exact: true });
  }

  /** To the app's own question for personal data. */
  async consent(): Promise<void> {
    await this.window.locator('wx-button', { hasText: this.words.privacy.agree }).click();
  }

  /** The button that brings a reader down. */
  get toEnd(): Locator {
    return this.window.locator('.message-list--jump');
  }

  /** The marks of messages that were refused. */
  get failed(): Locator {
    return this.window.locator('.message-bubble--failed');
  }

  async retry(action: string): Promise<void> {
    await this.failed.click();
    await this.choose(action);
  }

  /** Until nothing waits to be sent. */
  async sent(): Promise<void> {
    await this.until(({ unsent }) => unsent === 0, null);
    await this.window.locator('.message-bubble--sending').waitFor({ state: 'detached' });
  }

  /** Until it is on the screen and nothing lies over it. */
  async seen(words: string): Promise<void> {
    await this.text(words).click({ trial: true });
  }

  /** So much time goes by on this phone, at once. */
  async pass(ms: number): Promise<void> {
    await this.screen.evaluate((_, forward) => window.phone?.pass(forward), ms);
  }

  async box(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await locator.boundingBox();
    if (!box) throw new Error('it is not laid out');
    return box;
  }

  /** An answer in a dialog or sheet. */
  async choose(words: string): Promise<void> {
    await this.screen.getByRole('dialog').getByRole('button', { name: words, exact: true }).click();
  }

  async back(): Promise<void> {
    await this.screen.locator('header .back').click();
  }

  async tab(words: string): Promise<void> {
    await this.screen.getByRole('navigation').getByRole('button', { name: words }).click();
  }

  /** Ms from the start of the app to the first chat that one could read and write in. */
  async chatSeenMs(): Promise<number> {
    const seen = await this.screen.evaluateHandle(
      () =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            const { chatSeenMs } = window as { chatSeenMs?: number };
            if (chatSeenMs === undefined) requestAnimationFrame(look);
            else resolve(chatSeenMs);
          };
          look();
        }),
    );
    return seen.jsonValue();
  }

  /** Of the tab bar, from 0. */
  async toTab(index: number): Promise<void> {
    await this.screen.getByRole('navigation').getByRole('button').nth(index).click();
  }

  /** A page over the one on top, without the way that leads there. */
  async open(url: string): Promise<void> {
    await this.screen.evaluate((_, target) => window.phone?.open(target), url);
  }

  /** Of the page on top, by its class in the page's own wxml. */
  part(className: string): Locator {
    return this.window.locator(`.${className}`).first();
  }

  /** What is said in the chat on top, from the first row to the last. */
  async said(): Promise<string[]> {
    const texts = await this.window.locator('[class*="--text"]').allInnerTexts();
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Waits until `holds` says so of what the phone tells of itself. It runs in the phone: it sees its arguments only. */
  async until<T>(holds: (status: PhoneStatus, given: T) => boolean, given: T): Promise<void> {
    const check = `(${holds.toString()})(window.phone.status(), ${JSON.stringify(given)})`;
    const frame = this.#page.frame({ url: (url) => url.searchParams.get('user') === this.user });
    if (!frame) throw new Error(`${this.user}'s phone is not there`);
    await frame.waitForFunction(check, undefined, { timeout: PATIENCE_MS });
  }

  /** So many pictures of the screen go by. */
  async frames(count: number): Promise<void> {
    await this.screen.evaluate(async (_, left) => {
      for (let frame = 0; frame < left; frame += 1)
        await new Promise((resolve) => requestAnimationFrame(resolve));
    }, count);
  }

  /** Killed and opened at another page, as by a message of WeChat's. */
  async restartAt(page: string): Promise<void> {
    const started = this.#page.waitForEvent('framenavigated');
    await this.screen.evaluate((_, target) => window.phone?.restartWith({ page: target }), page);
    await started;
  }

  status(): Promise<PhoneStatus> {
    return this.screen.evaluate(() => {
      if (!window.phone) throw new Error('the phone has not started');
      return window.phone.status();
    });
  }

  /** A picture of this phone alone, in screenshots/. */
  async photograph(name: string): Promise<void> {
    await this.#page
      .locator(`iframe[title="${this.user}"]`)
      .screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
  }
}

/**
 * The preview in a real Chromium, for end-to-end tests: one server, one browser, and for every test a page of its own
 * with phones of its own. Promises that nothing leaves this machine, and that an error in any phone's console is
 * remembered. People are met as their users meet them: by what is written and labelled on the screen.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { en } from '../../../miniprogram/words/en.ts';
import { zh, type Words } from '../../../miniprogram/words/zh.ts';
import { ServerProcess } from '../../support/server-process.ts';
import type { PhoneStatus } from '../phone/control.ts';
import { PreviewServer } from '../serve/preview-server.ts';

const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots/', import.meta.url));
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Needed as root and without a display; nothing of it calls home. */
const FLAGS = (
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync'
).split(' ');
/** What a cut line looks like in the console: no fault of anybody's. */
const NETWORK_NOISE = /WebSocket connection to|Failed to load resource|net::ERR_/;
/** Conditions come true in a moment here; a busy machine may need longer. */
const PATIENCE_MS = 20_000;

/** CHROMIUM names one; else the usual places. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  return PLACES.find((place) => existsSync(place)) ?? null;
}

export class Stage {
  readonly #browser: Browser;
  readonly #preview: PreviewServer;
  readonly #server: ServerProcess;
  readonly #contexts: BrowserContext[] = [];

  private constructor(browser: Browser, preview: PreviewServer, server: ServerProcess) {
    this.#browser = browser;
    this.#preview = preview;
    this.#server = server;
  }

  static async open(executablePath: string): Promise<Stage> {
    // People type faster here than a person may.
    const server = await ServerProcess.start({ env: { LIMITS: 'sends=5000/10000' } });
    const preview = await PreviewServer.listen({ server: server.url, port: 0 });
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    mkdirSync(SCREENSHOTS, { recursive: true });
    return new Stage(browser, preview, server);
  }

  /** Of the chat server itself, past every phone's line. */
  get serverUrl(): string {
    return this.#server.url;
  }

  /** @param options of the preview's address: `theme=dark` */
  async show(users: string[], options = ''): Promise<Show> {
    const context = await this.#browser.newContext({
      viewport: { width: 60 + users.length * 425 + 340, height: 860 },
      reducedMotion: 'reduce',
      colorScheme: options.includes('theme=dark') ? 'dark' : 'light',
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(noteFirstChat);
    const show = new Show(await context.newPage(), { users, words: options.includes('lang=en') ? en : zh });
    await context.route(
      (url) => url.hostname !== '127.0.0.1' && url.protocol.startsWith('http'),
      (route) => {
        show.faults.push(`asked ${route.request().url()}, which is not here`);
        return route.abort();
      },
    );
    await show.page.goto(`${this.#preview.url}/?users=${users.join(',')}&${options}`);
    return show;
  }

  /** Takes the pages of one test away. */
  async clear(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#preview.close();
    await this.#server.stop();
  }
}

/** Runs in every phone before anything else: when does a chat stand there, with rows, and a field to write in? */
function noteFirstChat(): void {
  const look = (): void => {
    const chat = document.querySelector('.window:not([hidden]) page[data-page="pages/chat/chat"]');
    const isUsable =
      chat?.querySelector('.message-list--row') && chat.querySelector('textarea:not([disabled])');
    if (isUsable) Object.assign(window, { chatSeenMs: performance.now() });
    else requestAnimationFrame(look);
  };
  look();
}

export class Show {
  readonly page: Page;
  /** Of the app, the phones and the page; a test that ends with one has found a bug. */
  readonly faults: string[] = [];
  readonly #users: string[];
  readonly #words: Words;

  constructor(page: Page, { users, words }: { users: string[]; words: Words }) {
    this.page = page;
    this.#users = users;
    this.#words = words;
    page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !NETWORK_NOISE.test(message.text())) this.faults.push(message.text());
    });
  }

  phone(user: string): Phone {
    if (!this.#users.includes(user)) throw new Error(`nobody here is called ${user}`);
    return new Phone(this.page, { user, words: this.#words });
  }

  /** A picture of the whole page, in screenshots/. */
  async photograph(name: string): Promise<void> {
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
  }

  /** What the panel shows of a phone, and its controls. */
  card(user: string): Locator {
    return this.page.getByRole('region', { name: user, exact: true });
  }

  /** A click on a control of the panel. */
  async press(user: string, control: string): Promise<void> {
    await this.card(user).getByRole('button', { name: control }).click();
  }
}

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

/**
 * The preview in a real Chromium, for end-to-end tests: one server, one browser, and for every test a page of its own
 * with phones of its own. Promises that nothing leaves this machine, and that an error in any phone's console is
 * remembered. People are met as their users meet them: by what is written and labelled on the screen.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { ServerProcess } from '../support/server-process.ts';
import type { PhoneStatus } from './phone/control.ts';
import { PreviewServer } from './serve/preview-server.ts';

const SCREENSHOTS = fileURLToPath(new URL('../../screenshots/', import.meta.url));
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
    const server = await ServerProcess.start({ env: { LIMITS: 'sends=500/1000' } });
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
    const show = new Show(await context.newPage(), users);
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

export class Show {
  readonly page: Page;
  /** Of the app, the phones and the page; a test that ends with one has found a bug. */
  readonly faults: string[] = [];
  readonly #users: string[];

  constructor(page: Page, users: string[]) {
    this.page = page;
    this.#users = users;
    page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !NETWORK_NOISE.test(message.text())) this.faults.push(message.text());
    });
  }

  phone(user: string): Phone {
    if (!this.#users.includes(user)) throw new Error(`nobody here is called ${user}`);
    return new Phone(this.page, user);
  }

  /** A picture of the whole page, in screenshots/. */
  async photograph(name: string): Promise<void> {
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
  }

  /** A click on a control of the panel. */
  async press(user: string, control: string): Promise<void> {
    await this.page.getByLabel(user, { exact: true }).getByRole('button', { name: control }).click();
  }
}

export class Phone {
  readonly user: string;
  readonly #page: Page;

  constructor(page: Page, user: string) {
    this.#page = page;
    this.user = user;
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
    await this.window.getByLabel('消息', { exact: true }).waitFor();
  }

  async say(words: string): Promise<void> {
    await this.window.getByLabel('消息', { exact: true }).fill(words);
    await this.window.getByRole('button', { name: '发送' }).click();
  }

  async hold(words: string): Promise<void> {
    await this.text(words).click({ delay: 500 });
  }

  /** An answer in a dialog or sheet. */
  async choose(words: string): Promise<void> {
    await this.screen.getByRole('dialog').getByRole('button', { name: words, exact: true }).click();
  }

  async back(): Promise<void> {
    await this.screen.getByRole('button', { name: '返回' }).click();
  }

  async tab(words: string): Promise<void> {
    await this.screen.getByRole('navigation').getByRole('button', { name: words }).click();
  }

  /** What is said in the chat on top, from the first row to the last. */
  async said(): Promise<string[]> {
    const texts = await this.window.locator('[class*="--text"]').allInnerTexts();
    return texts.map((text) => text.trim()).filter((text) => text !== '');
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

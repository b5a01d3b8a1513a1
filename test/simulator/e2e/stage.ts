/**
 * The preview in a real Chromium, for end-to-end tests: one server, one browser, and for every test a page of its own
 * with phones of its own. Promises that nothing leaves this machine, and that an error in any phone's console is
 * remembered.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { en } from '../../../miniprogram/words/en.ts';
import { zh, type Words } from '../../../miniprogram/words/zh.ts';
import type { Administered } from '../../support/admin.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { PreviewServer } from '../serve/preview-server.ts';
import { PATIENCE_MS, Phone, SCREENSHOTS } from './phone.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Needed as root and without a display; nothing of it calls home. */
const FLAGS = (
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync'
).split(' ');
/** What a cut line looks like in the console: no fault of anybody's. */
const NETWORK_NOISE = /WebSocket connection to|Failed to load resource|net::ERR_/;

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

  /** @param env of the server, over what it is here: a developer's, where people may type faster than a person can */
  static async open(executablePath: string, env: Record<string, string> = {}): Promise<Stage> {
    const server = await ServerProcess.start({ env: { LIMITS: 'sends=5000/10000', ...env } });
    const preview = await PreviewServer.listen({ server: server.url, port: 0 });
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    mkdirSync(SCREENSHOTS, { recursive: true });
    return new Stage(browser, preview, server);
  }

  /** Of the chat server itself, past every phone's line. */
  get serverUrl(): string {
    return this.#server.url;
  }

  /** For whoever moderates it. */
  get administered(): Administered {
    return { adminUrl: this.#server.admin, dataDir: this.#server.dataDir };
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

  /** A page of its own, for whatever a browser is good for. */
  async blank(): Promise<Page> {
    return this.#browser.newPage();
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

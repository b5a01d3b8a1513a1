/**
 * The web server of the preview: the shell, the phones, the mini-program's newest build and its pictures; all else
 * goes to the chat server down the asking phone's line. Listens on loopback only and serves nothing from outside
 * miniprogram/ and this folder.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleBrowserCode } from './browser-code.ts';
import { Builds } from './build.ts';
import { Line, type LineFaults } from './line.ts';
import { PACKAGE_PATH } from './paths.ts';
import { forward, forwardUpgrade, phoneOf } from './proxy.ts';

export interface PreviewOptions {
  /** Of the chat server: `http://127.0.0.1:8080`. */
  server: string;
  /** 0 for any that is free. */
  port: number;
  /** Of the mini-program; the project's own if absent. */
  folder?: string;
}

/** What the shell posts to `/preview/line?phone=…`. */
export interface LineOrder extends Partial<LineFaults> {
  reset?: true;
  silence?: true;
}

const own = fileURLToPath(new URL('..', import.meta.url));
const miniprogram = fileURLToPath(new URL('../../../miniprogram/', import.meta.url));
/** Phones that have a line of their own; beyond, the one used longest ago starts anew. */
export const MOST_LINES = 64;
const MOST_ORDER_BYTES = 1_000;

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

/** Of this folder, by the path under which a page asks for it. */
const FILES: Record<string, string> = {
  '/': 'shell/shell.html',
  '/shell.css': 'shell/shell.css',
  '/phone.html': 'phone/phone.html',
  '/phone.css': 'phone/phone.css',
  '/over.css': 'phone/over.css',
  '/built-ins.css': 'phone/built-ins.css',
};

export class PreviewServer {
  readonly #server: Server;
  readonly #builds: Builds;
  readonly #folder: string;
  readonly #target: URL;
  readonly #lines = new Map<string, Line>();
  readonly #browserCode = new Map<string, Promise<string>>();

  private constructor({ server, folder }: PreviewOptions) {
    this.#target = new URL(server);
    this.#folder = folder ?? miniprogram;
    this.#builds = new Builds(this.#folder);
    this.#server = createServer((incoming, reply) => {
      this.#answer(incoming, reply).catch((error: unknown) => {
        if (!reply.headersSent) reply.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
        reply.end(error instanceof Error ? error.message : String(error));
      });
    });
    this.#server.on('upgrade', (incoming, client, head) =>
      forwardUpgrade(incoming, client, head, this.line(phoneOf(incoming))),
    );
  }

  static async listen(options: PreviewOptions): Promise<PreviewServer> {
    const preview = new PreviewServer(options);
    preview.#server.listen(options.port, '127.0.0.1');
    await once(preview.#server, 'listening');
    return preview;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get builds(): Builds {
    return this.#builds;
  }

  /** Made when it is first asked for; '' is the page's own, which has no faults. */
  line(phone: string): Line {
    const known = this.#lines.get(phone);
    if (known) {
      this.#lines.delete(phone);
      this.#lines.set(phone, known);
      return known;
    }
    const [oldest] = this.#lines;
    if (oldest && this.#lines.size >= MOST_LINES) {
      oldest[1].reset();
      this.#lines.delete(oldest[0]);
    }
    const line = new Line({
      host: this.#target.hostname,
      port: Number(this.#target.port),
      after: (ms, run) => void setTimeout(run, ms),
      random: Math.random,
      now: () => performance.now(),
    });
    this.#lines.set(phone, line);
    return line;
  }

  async close(): Promise<void> {
    for (const line of this.#lines.values()) line.reset();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://x');
    const { pathname } = url;
    const file = FILES[pathname];
    if (file !== undefined) return send(reply, await readFile(join(own, file)), extname(file));
    if (pathname === '/phone.js') return send(reply, await this.#code('phone/phone.ts'), '.js');
    if (pathname === '/shell.js') return send(reply, await this.#code('shell/shell.ts'), '.js');
    if (pathname === '/bundle.js') return send(reply, (await this.#builds.newest()).script, '.js');
    if (pathname === '/preview/build') {
      const { id, ms, problems } = await this.#builds.newest();
      return send(reply, JSON.stringify({ id, ms, problems }), '.json');
    }
    if (pathname === '/preview/line')
      return this.#order(incoming, reply, url.searchParams.get('phone') ?? '');
    if (pathname.startsWith(`${PACKAGE_PATH}/`))
      return this.#sendPicture(reply, pathname.slice(PACKAGE_PATH.length));
    return forward(incoming, reply, this.line(phoneOf(incoming)));
  }

  /** Of the package. A URL's path has no `..` left in it, encoded ones are taken by their letters. */
  async #sendPicture(reply: ServerResponse, pathname: string): Promise<void> {
    const isPicture = TYPES[extname(pathname)]?.startsWith('image/') === true;
    const picture = isPicture ? await readFile(join(this.#folder, pathname)).catch(() => null) : null;
    if (picture) return send(reply, picture, extname(pathname));
    reply.writeHead(404).end();
  }

  async #order(incoming: IncomingMessage, reply: ServerResponse, phone: string): Promise<void> {
    const line = this.line(phone);
    if (incoming.method === 'POST') {
      let body = '';
      for await (const chunk of incoming) {
        body += String(chunk);
        if (body.length > MOST_ORDER_BYTES) throw new Error('an order is shorter');
      }
      const { reset, silence, ...faults } = JSON.parse(body) as LineOrder;
      if (reset) line.reset();
      if (silence) line.silence();
      line.set(faults);
    }
    send(reply, JSON.stringify(line.faults), '.json');
  }

  #code(entry: 'phone/phone.ts' | 'shell/shell.ts'): Promise<string> {
    const known = this.#browserCode.get(entry);
    if (known) return known;
    const code = bundleBrowserCode(entry);
    this.#browserCode.set(entry, code);
    return code;
  }
}

function send(reply: ServerResponse, content: string | Buffer, extension: string): void {
  reply.writeHead(200, { 'content-type': TYPES[extension] ?? 'text/plain', 'cache-control': 'no-store' });
  reply.end(content);
}

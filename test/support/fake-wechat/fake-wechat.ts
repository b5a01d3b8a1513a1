/**
 * WeChat's API as its documents describe it, on a real port: logins, the server's token, content checks, subscribe
 * messages. Each part keeps its own rules; this file is the door: paths, methods, the token, and the moods in which a
 * test may put a path: busy, broken, silent, talking HTML, or holding its answers until it is told to give them.
 * The program under test is given its address as WECHAT_API and knows nothing else of it.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failure, type Answer, type ApiCall } from './answer.ts';
import { FakeContent } from './content.ts';
import { FakeLogin } from './login.ts';
import { FakeServerToken } from './server-token.ts';
import { FakeSubscribe } from './subscribe.ts';

export { APPID, PUSH_KEY, PUSH_TOKEN, SECRET, SESSION_KEY } from './account.ts';

export type Mood = 'well' | 'busy' | 'broken' | 'html' | 'silent' | 'held' | { errcode: number };

export const PATHS = {
  login: '/sns/jscode2session',
  token: '/cgi-bin/stable_token',
  text: '/wxa/msg_sec_check',
  media: '/wxa/media_check_async',
  subscribe: '/cgi-bin/message/subscribe/send',
} as const;
export type Path = keyof typeof PATHS;

interface Door {
  method: 'GET' | 'POST';
  needsToken: boolean;
  answer: (call: ApiCall) => Answer;
}

export class FakeWechat {
  readonly login: FakeLogin;
  readonly token: FakeServerToken;
  readonly content: FakeContent;
  readonly subscribe = new FakeSubscribe();
  /** Calls so far, by path. */
  readonly calls: Record<Path, number> = { login: 0, token: 0, text: 0, media: 0, subscribe: 0 };
  readonly moods: Partial<Record<Path, Mood>> = {};
  readonly #doors: Record<Path, Door>;
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  readonly #held: (() => void)[] = [];
  readonly #waiters: (() => void)[] = [];

  constructor(now: () => number) {
    this.login = new FakeLogin(now);
    this.token = new FakeServerToken(now);
    const content = (this.content = new FakeContent(now, this.login.visits));
    const post = { method: 'POST', needsToken: true } as const;
    this.#doors = {
      login: { method: 'GET', needsToken: false, answer: (call) => this.login.answer(call) },
      token: { method: 'POST', needsToken: false, answer: (call) => this.token.answer(call) },
      text: { ...post, answer: (call) => content.text(call) },
      media: { ...post, answer: (call) => content.mediaAsync(call) },
      subscribe: { ...post, answer: (call) => this.subscribe.answer(call) },
    };
  }

  /** @param now the time by which codes age, tokens expire and quotas are counted */
  static async start(now: () => number): Promise<FakeWechat> {
    const fake = new FakeWechat(now);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** Base address for WECHAT_API. */
  get api(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Calls that wait for `release`. */
  get holding(): number {
    return this.#held.length;
  }

  /** All that was held is answered now. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Resolves with the next call that is held or left without an answer. */
  nextWait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const name = (Object.keys(PATHS) as Path[]).find((one) => PATHS[one] === url.pathname);
    if (name === undefined) return void response.writeHead(404).end();
    this.calls[name] += 1;
    const door = this.#doors[name];
    const body = await bodyOf(request);
    const answer = (): void =>
      send(response, this.#answer(door, request.method, { query: url.searchParams, body }));
    const mood = this.moods[name] ?? 'well';
    if (typeof mood === 'object') return send(response, failure(mood.errcode, 'as the test wants it'));
    switch (mood) {
      case 'well':
        return answer();
      case 'busy':
        return send(response, failure(-1, 'system error'));
      case 'broken':
        return void response.writeHead(502).end('Bad Gateway');
      case 'html':
        return void response.end('<html><title>Maintenance</title></html>');
      case 'held':
        this.#held.push(answer);
        return this.#waited();
      case 'silent':
        return this.#waited();
    }
  }

  #waited(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #answer(
    { method, needsToken, answer }: Door,
    asked: string | undefined,
    call: ApiCall | { query: URLSearchParams; body: null },
  ): Answer {
    if (asked !== method) return failure(method === 'POST' ? 43002 : 43001, `require ${method} method`);
    const fault = needsToken ? this.token.fault(call.query.get('access_token')) : null;
    if (fault) return fault;
    return call.body === null ? failure(47001, 'data format error') : answer(call);
  }
}

/** Null where it is no JSON object; a call without a body has an empty one. */
async function bodyOf(request: IncomingMessage): Promise<Answer | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof body === 'object' && body !== null ? (body as Answer) : null;
  } catch {
    return null;
  }
}

function send(response: ServerResponse, body: object): void {
  response.setHeader('Content-Type', 'text/plain');
  response.end(JSON.stringify(body));
}

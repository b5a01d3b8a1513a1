/**
 * WeChat's code2Session as its documents describe it, on a real port: checks appid, secret and grant_type, knows the
 * codes it gave out, takes each once and for five minutes, allows a user 100 calls a minute, answers JSON as
 * text/plain with status 200 whatever happened. A test may also make it busy, broken, silent or talk HTML.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const APPID = 'wx0123456789abcdef';
export const SECRET = 'fedcba9876543210fedcba9876543210';
/** In every good answer: must turn up nowhere else. */
export const SESSION_KEY = 'SESSION-KEY-MARKER==';

const CODE_LIFE_MS = 5 * 60_000;
const CALLS_A_MINUTE = 100;

interface Code {
  openid: string;
  unionid: string | undefined;
  given: number;
  used: boolean;
}

export type Mood = 'well' | 'busy' | 'broken' | 'html' | 'silent';

export interface FakeWechat {
  /** Base address for WECHAT_API. */
  readonly api: string;
  /** Calls so far. */
  readonly calls: number;
  mood: Mood;
  /** What `wx.login` gives to this person. */
  code(openid: string, unionid?: string): string;
  block(openid: string): void;
  /** Resolves with the next call that is left without an answer. */
  nextSilence(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFakeWechat(now: () => number): Promise<FakeWechat> {
  const codes = new Map<string, Code>();
  const blocked = new Set<string>();
  const minutes = new Map<string, number[]>();
  const silent: (() => void)[] = [];
  let mood: Mood = 'well';
  let calls = 0;

  const server = createServer((request, response) => {
    calls += 1;
    handle(request, response);
  });

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (request.method !== 'GET' || url.pathname !== '/sns/jscode2session') {
      response.writeHead(404).end();
      return;
    }
    switch (mood) {
      case 'silent':
        for (const resolve of silent.splice(0)) resolve();
        return;
      case 'broken':
        response.writeHead(502).end('Bad Gateway');
        return;
      case 'html':
        response.end('<html><title>Maintenance</title></html>');
        return;
      case 'busy':
        return send(response, failure(-1, 'system error'));
      case 'well':
        return send(response, session(url.searchParams));
    }
  }

  function session(query: URLSearchParams): object {
    if (query.get('appid') !== APPID) return failure(40013, 'invalid appid');
    if (query.get('secret') !== SECRET) return failure(40125, 'invalid appsecret');
    if (query.get('grant_type') !== 'authorization_code') return failure(40002, 'invalid grant_type');
    const text = query.get('js_code');
    if (!text) return failure(41008, 'missing code');
    const code = codes.get(text);
    if (code === undefined || now() - code.given > CODE_LIFE_MS) return failure(40029, 'invalid code');
    if (code.used) return failure(40163, 'code been used');
    if (blocked.has(code.openid)) return failure(40226, 'code blocked');
    const recent = (minutes.get(code.openid) ?? []).filter((at) => now() - at < 60_000);
    if (recent.length >= CALLS_A_MINUTE) return failure(45011, 'api minute-quota reach limit');
    minutes.set(code.openid, [...recent, now()]);
    code.used = true;
    const { openid, unionid } = code;
    return { session_key: SESSION_KEY, openid, ...(unionid !== undefined && { unionid }) };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    api: `http://127.0.0.1:${port}`,
    get calls() {
      return calls;
    },
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
    },
    code(openid, unionid) {
      const text = `code-${codes.size + 1}`;
      codes.set(text, { openid, unionid, given: now(), used: false });
      return text;
    },
    block: (openid) => void blocked.add(openid),
    nextSilence: () => new Promise((resolve) => silent.push(resolve)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function failure(errcode: number, errmsg: string): object {
  return { errcode, errmsg: `${errmsg}, rid: 00000000-00000000-00000000` };
}

function send(response: ServerResponse, body: object): void {
  response.setHeader('Content-Type', 'text/plain');
  response.end(JSON.stringify(body));
}

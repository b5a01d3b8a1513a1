/**
 * code2Session: knows the codes that it gave out, takes each once and for five minutes, allows a user 100 calls a
 * minute. https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
import { keepSecret } from '../secrets.ts';
import { APPID, SECRET, SESSION_KEY } from './account.ts';
import { failure, type Answer, type ApiCall } from './answer.ts';
import { MINUTE_MS, Quota } from './quota.ts';

const CODE_LIFE_MS = 5 * MINUTE_MS;
const CALLS_A_MINUTE = 100;

interface Code {
  openid: string;
  unionid: string | undefined;
  given: number;
  used: boolean;
}

export class FakeLogin {
  readonly #now: () => number;
  readonly #codes = new Map<string, Code>();
  readonly #blocked = new Set<string>();
  readonly #minute: Quota;
  #openidOf: (code: string) => string | undefined = () => undefined;
  /** When each openid was last in the mini-program. */
  readonly visits = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
    this.#minute = new Quota({ most: CALLS_A_MINUTE, windowMs: MINUTE_MS, now });
  }

  /** What `wx.login` gives to this person. */
  code(openid: string, unionid?: string): string {
    const text = `code-${this.#codes.size + 1}`;
    this.#codes.set(text, { openid, unionid, given: this.#now(), used: false });
    this.visits.set(openid, this.#now());
    keepSecret(openid, unionid, SECRET, SESSION_KEY);
    return text;
  }

  /** Phones that are played elsewhere give codes of their own: whose are they? */
  phones(openidOf: (code: string) => string | undefined): void {
    this.#openidOf = openidOf;
  }

  block(openid: string): void {
    this.#blocked.add(openid);
  }

  answer({ query }: ApiCall): Answer {
    if (query.get('appid') !== APPID) return failure(40013, 'invalid appid');
    if (query.get('secret') !== SECRET) return failure(40125, 'invalid appsecret');
    if (query.get('grant_type') !== 'authorization_code') return failure(40002, 'invalid grant_type');
    const text = query.get('js_code');
    if (!text) return failure(41008, 'missing code');
    const code = this.#codes.get(text) ?? this.#fromPhone(text);
    if (code === undefined || this.#now() - code.given > CODE_LIFE_MS) return failure(40029, 'invalid code');
    if (code.used) return failure(40163, 'code been used');
    if (this.#blocked.has(code.openid)) return failure(40226, 'code blocked');
    if (!this.#minute.take(code.openid)) return failure(45011, 'api minute-quota reach limit');
    code.used = true;
    const { openid, unionid } = code;
    return { session_key: SESSION_KEY, openid, ...(unionid !== undefined && { unionid }) };
  }

  #fromPhone(text: string): Code | undefined {
    const openid = this.#openidOf(text);
    if (openid === undefined) return undefined;
    const code = { openid, unionid: undefined, given: this.#now(), used: false };
    this.#codes.set(text, code);
    this.visits.set(openid, this.#now());
    keepSecret(openid, SECRET, SESSION_KEY);
    return code;
  }
}

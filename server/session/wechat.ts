/**
 * Asks WeChat who a `wx.login` code stands for (code2Session). Owns the words in which WeChat's answers reach a
 * person. Of what WeChat tells, openid and unionid leave this file and nothing else: the session_key is dropped where
 * it is read. A code is good once, and WeChat is the one to know that; no list of used codes is kept here.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { WechatApp } from '../config.ts';
import type { Clock, Identity } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';

export type WechatIdentity = Extract<Identity, { openid: string }>;

export interface Wechat {
  /**
   * @throws Refusal: UNAUTHORIZED (a bad code, or one used before), RATE_LIMITED, FORBIDDEN (WeChat blocks the person, or
   * login is not configured), UNAVAILABLE
   */
  exchange(code: string): Promise<WechatIdentity>;
}

export interface WechatDeps {
  /** Absent: every exchange is refused. */
  app: WechatApp | undefined;
  /** Base address, without a slash at its end. */
  api: string;
  fetch: (url: URL, init: { signal: AbortSignal }) => Promise<{ ok: boolean; text(): Promise<string> }>;
  clock: Pick<Clock, 'after'>;
  /** Told what an operator should know: a wrong AppID or AppSecret, or WeChat out of reach. */
  onTrouble: (trouble: WechatTrouble) => void;
}

export type WechatTrouble =
  | { name: 'no-answer'; reason: 'timeout' | 'unreachable' | 'status' | 'not-json' }
  /** An errcode that is no fault of the person's: 40013 is a wrong AppID, 40125 a wrong AppSecret. */
  | { name: 'errcode'; errcode: number };

export const EXCHANGE_DEADLINE_MS = 5_000;
/** Exchanges under way at once: a flood of logins must not become a flood upon WeChat. */
export const MAX_EXCHANGES = 100;
const RETRY_MS = 3_000;

export function createWechat({ app, api, fetch, clock, onTrouble }: WechatDeps): Wechat {
  let underWay = 0;

  async function exchange(code: string): Promise<WechatIdentity> {
    if (app === undefined) {
      throw new Refusal(
        ErrorCode.FORBIDDEN,
        'WeChat login is not configured on this server: WECHAT_APPID and WECHAT_SECRET are unset.',
      );
    }
    if (underWay >= MAX_EXCHANGES) throw unavailable();
    underWay += 1;
    try {
      return identityIn(await ask(addressOf(app, code)));
    } finally {
      underWay -= 1;
    }
  }

  function addressOf({ appid, secret }: WechatApp, code: string): URL {
    const url = new URL(`${api}/sns/jscode2session`);
    url.search = new URLSearchParams({
      appid,
      secret,
      js_code: code,
      grant_type: 'authorization_code',
    }).toString();
    return url;
  }

  /** The text of the answer. The error of a failed fetch is not passed on: its address holds the AppSecret. */
  async function ask(url: URL): Promise<string> {
    const abort = new AbortController();
    const undo = clock.after(EXCHANGE_DEADLINE_MS, () => abort.abort());
    try {
      const answer = await fetch(url, { signal: abort.signal });
      const text = await answer.text();
      if (answer.ok) return text;
    } catch {
      throw noAnswer(abort.signal.aborted ? 'timeout' : 'unreachable');
    } finally {
      undo();
    }
    throw noAnswer('status');
  }

  /** WeChat sends JSON as text/plain, with `errcode` only where something is wrong, and seen as a string too. */
  function identityIn(text: string): WechatIdentity {
    const { openid, unionid, errcode = 0 } = fieldsIn(text);
    if (Number(errcode) !== 0) throw refusalFor(Number(errcode));
    if (typeof openid !== 'string' || openid === '') throw noAnswer('not-json');
    return typeof unionid === 'string' && unionid !== '' ? { openid, unionid } : { openid };
  }

  function fieldsIn(text: string): { openid?: unknown; unionid?: unknown; errcode?: unknown } {
    try {
      const fields: unknown = JSON.parse(text);
      if (typeof fields === 'object' && fields !== null) return fields;
    } catch {
      // Falls through: what is no JSON is no object either.
    }
    throw noAnswer('not-json');
  }

  function refusalFor(errcode: number): Refusal {
    switch (errcode) {
      case 40029: // not a code of this app, or older than 5 minutes
      case 40163: // used before
        return new Refusal(
          ErrorCode.UNAUTHORIZED,
          'WeChat does not accept this code: it is wrong, used or too old.',
        );
      case 45011: // more than 100 a minute of one user
        return new Refusal(
          ErrorCode.RATE_LIMITED,
          'Too many logins of this user; WeChat allows 100 a minute.',
          60_000,
        );
      case 40226:
        return new Refusal(ErrorCode.FORBIDDEN, 'WeChat has blocked this user from logging in.');
      default:
        // -1 is "busy"; all others an operator has to look at, and a person cannot help.
        onTrouble({ name: 'errcode', errcode });
        return unavailable();
    }
  }

  function noAnswer(reason: Extract<WechatTrouble, { name: 'no-answer' }>['reason']): Refusal {
    onTrouble({ name: 'no-answer', reason });
    return unavailable();
  }

  return { exchange };
}

function unavailable(): Refusal {
  return new Refusal(ErrorCode.UNAVAILABLE, 'WeChat could not be asked; try again.', RETRY_MS);
}

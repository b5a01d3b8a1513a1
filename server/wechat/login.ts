/**
 * Asks WeChat who a `wx.login` code stands for (code2Session). Owns the words in which WeChat's answers reach a
 * person. Of what WeChat tells, openid and unionid leave this file and nothing else: the session_key is dropped where
 * it is read. A code is good once, and WeChat is the one to know that; no list of used codes is kept here.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { WechatApp } from '../config.ts';
import type { Identity } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import type { WechatApi } from './api.ts';
import type { OnTrouble } from './trouble.ts';

export type WechatIdentity = Extract<Identity, { openid: string }>;

export interface WechatLogin {
  /**
   * @throws Refusal: UNAUTHORIZED (a bad code, or one used before), RATE_LIMITED, FORBIDDEN (WeChat blocks the person, or
   * login is not configured), UNAVAILABLE
   */
  exchange(code: string): Promise<WechatIdentity>;
}

export interface WechatLoginDeps {
  /** Absent: every exchange is refused. */
  app: WechatApp | undefined;
  api: WechatApi;
  onTrouble: OnTrouble;
}

export const EXCHANGE_DEADLINE_MS = 5_000;
/** Exchanges under way at once. */
export const MAX_EXCHANGES = 100;
const RETRY_MS = 3_000;

export function createWechatLogin({ app, api, onTrouble }: WechatLoginDeps): WechatLogin {
  async function exchange(code: string): Promise<WechatIdentity> {
    if (app === undefined) {
      throw new Refusal(
        ErrorCode.FORBIDDEN,
        'WeChat login is not configured on this server: WECHAT_APPID and WECHAT_SECRET are unset.',
      );
    }
    const answer = await api.call({
      method: 'GET',
      path: '/sns/jscode2session',
      query: { appid: app.appid, secret: app.secret, js_code: code, grant_type: 'authorization_code' },
      deadlineMs: EXCHANGE_DEADLINE_MS,
    });
    switch (answer.name) {
      case 'fields':
        return identityIn(answer.fields);
      case 'errcode':
        throw refusalFor(answer.errcode);
      case 'silence':
        onTrouble({ name: 'no-answer', call: 'login', why: answer.why });
        throw unavailable();
    }
  }

  function identityIn({ openid, unionid }: Readonly<Record<string, unknown>>): WechatIdentity {
    if (typeof openid !== 'string' || openid === '') {
      onTrouble({ name: 'no-answer', call: 'login', why: 'not-json' });
      throw unavailable();
    }
    return typeof unionid === 'string' && unionid !== '' ? { openid, unionid } : { openid };
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
        onTrouble({ name: 'errcode', call: 'login', errcode });
        return unavailable();
    }
  }

  return { exchange };
}

function unavailable(): Refusal {
  return new Refusal(ErrorCode.UNAVAILABLE, 'WeChat could not be asked; try again.', RETRY_MS);
}

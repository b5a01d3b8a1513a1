/** Calls that need the server's token: with it, and once more with another where WeChat refuses that one. */
import type { Answer, WechatApi } from './api.ts';
import type { ServerToken } from './token.ts';

export interface Authorized {
  /** `no-token` of a silence: none could be had. */
  post(call: { path: string; body: object; deadlineMs: number }): Promise<Answer>;
}

/** Not the latest, not one at all, expired. */
const REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001]);

export function createAuthorized({ api, token }: { api: WechatApi; token: ServerToken }): Authorized {
  async function post(call: { path: string; body: object; deadlineMs: number }): Promise<Answer> {
    const value = await token.current();
    if (value === null) return NO_TOKEN;
    const answer = await withToken(call, value);
    if (answer.name !== 'errcode' || !REFUSED.has(answer.errcode)) return answer;
    const other = await token.instead(value);
    return other === null ? NO_TOKEN : withToken(call, other);
  }

  function withToken(
    call: { path: string; body: object; deadlineMs: number },
    value: string,
  ): Promise<Answer> {
    return api.call({ method: 'POST', query: { access_token: value }, ...call });
  }

  return { post };
}

const NO_TOKEN: Answer = { name: 'silence', why: 'no-token' };

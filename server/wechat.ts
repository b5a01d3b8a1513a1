/** All that talks to WeChat, put together: one way to its API for logins, another for what the server asks by itself. */
import type { Config } from './config.ts';
import type { Clock } from './domain/ports.ts';
import type { Logger } from './log.ts';
import { createWechatApi } from './wechat/api.ts';
import { createWechatLogin, MAX_EXCHANGES, type WechatLogin } from './wechat/login.ts';
import type { Trouble } from './wechat/trouble.ts';

export interface WechatDeps {
  config: Config;
  log: Logger;
  clock: Clock;
}

export interface Wechat {
  login: WechatLogin;
}

export function createWechat({ config, log, clock }: WechatDeps): Wechat {
  const onTrouble = (trouble: Trouble): void => log.warn('trouble with WeChat', { trouble });
  const base = config.wechatApi;
  const login = createWechatLogin({
    app: config.wechat,
    api: createWechatApi({ base, fetch, clock, maxCalls: MAX_EXCHANGES }),
    onTrouble,
  });
  return { login };
}

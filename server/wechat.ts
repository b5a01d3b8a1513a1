/**
 * All that talks to WeChat, put together: one way to its API for logins, which must not wait behind others, and one
 * for what the server asks by itself, with its token.
 */
import type { Config } from './config.ts';
import type { UserId } from '../miniprogram/protocol/objects.ts';
import { createNotices, NO_NOTICES, type Notices } from './domain/notices.ts';
import type { Clock, Inspector, NewId, NoticeKind, Store } from './domain/ports.ts';
import type { Logger } from './log.ts';
import { createWechatApi } from './wechat/api.ts';
import { createAuthorized } from './wechat/authorized.ts';
import { Fuse } from './wechat/fuse.ts';
import { createWechatLogin, MAX_EXCHANGES, type WechatLogin } from './wechat/login.ts';
import { createTextCheck } from './wechat/text-check.ts';
import { createNotifier } from './wechat/notice.ts';
import { createServerToken } from './wechat/token.ts';
import type { Trouble } from './wechat/trouble.ts';

export interface WechatDeps {
  config: Config;
  store: Store;
  log: Logger;
  clock: Clock;
  newId: NewId;
  /** On whichever node. Asked only once sockets are there. */
  isOnline: (user: UserId) => boolean | Promise<boolean>;
  onFault: (reason: unknown) => void;
}

export interface Wechat {
  login: WechatLogin;
  /** Absent where no app is configured. */
  inspector?: Inspector;
  notices: Notices;
  /** By kind of notice the template that the app may ask for. */
  templates: Readonly<Partial<Record<NoticeKind, string>>>;
}

/** Calls with the server's token under way at once. */
const MAX_CALLS = 200;
/** WeChat's own numbers are 4,000 and 2,000,000; what is left is for other programs of the same app. */
const TEXT_CHECKS = { minute: 3_800, day: 1_900_000 };

export function createWechat(deps: WechatDeps): Wechat {
  const { config, store, log, clock, newId, isOnline, onFault } = deps;
  const onTrouble = (trouble: Trouble): void => log.warn('trouble with WeChat', { trouble });
  const { wechat: app, wechatApi: base } = config;
  const login = createWechatLogin({
    app,
    api: createWechatApi({ base, fetch, clock, maxCalls: MAX_EXCHANGES }),
    onTrouble,
  });
  if (app === undefined) return { login, notices: NO_NOTICES, templates: {} };
  const api = createWechatApi({ base, fetch, clock, maxCalls: MAX_CALLS });
  const authorized = createAuthorized({
    api,
    token: createServerToken({ app, api, store, clock, newId, onTrouble }),
  });
  const openidOf = (user: UserId): Promise<string | null> => store.openidOf(user);
  const inspector = createTextCheck({
    api: authorized,
    fuse: new Fuse({ name: 'wechat.text', most: TEXT_CHECKS, store, clock }),
    openidOf,
    onTrouble,
  });
  const { templates, state, everyMinutes } = config.notices;
  const notifier = createNotifier({ api: authorized, templates, state, openidOf, onTrouble });
  const everyMs = everyMinutes * 60_000;
  const notices = createNotices({ store, notifier, isOnline, clock, everyMs, onFault });
  return { login, inspector, notices, templates: notifier.templates };
}

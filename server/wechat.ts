/**
 * All that talks to WeChat, put together: one way to its API for logins, which must not wait behind others, and one
 * for what the server asks by itself, with its token.
 */
import type { Config, WechatApp } from './config.ts';
import type { FileId, RoomId, Seq, UserId } from '../miniprogram/protocol/objects.ts';
import { createNotices, NO_NOTICES, type Notices } from './domain/notices.ts';
import type { ContentCheck } from './domain/content-check.ts';
import { createFileCheck, type FileCheck } from './domain/file-check.ts';
import { createOverdueTexts } from './domain/overdue-texts.ts';
import type { Clock, Inspector, NewId, NoticeKind, Notifier, Store, Undo, Verdict } from './domain/ports.ts';
import type { PushRouteDeps } from './edge/push-routes.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createWechatApi } from './wechat/api.ts';
import { createAuthorized, type Authorized } from './wechat/authorized.ts';
import { Fuse } from './wechat/fuse.ts';
import { createWechatLogin, MAX_EXCHANGES, type WechatLogin } from './wechat/login.ts';
import { createTextCheck } from './wechat/text-check.ts';
import { createMediaCheck, mediaVerdictIn } from './wechat/media-check.ts';
import { createNotifier } from './wechat/notice.ts';
import { createPush } from './wechat/push.ts';
import { createServerToken } from './wechat/token.ts';
import type { OnTrouble, Trouble } from './wechat/trouble.ts';

export interface WechatDeps {
  config: Config;
  store: Store;
  log: Logger;
  clock: Clock;
  newId: NewId;
  /** On whichever node. Asked only once sockets are there. */
  isOnline: (user: UserId) => boolean | Promise<boolean>;
  /** A signed path on this server. */
  linkOf: (file: FileId) => string;
  /** A verdict about what was stored a while ago. */
  late: (use: { room: RoomId; seq: Seq }, verdict: Verdict) => Promise<void>;
  /** A text whose server died before its verdict came. */
  again: ContentCheck['again'];
  metrics: Pick<Metrics, 'verdict' | 'notice'>;
  onFault: (reason: unknown) => void;
}

export interface Wechat {
  login: WechatLogin;
  /** Absent where no app is configured. */
  inspector?: Inspector;
  /** Absent where WeChat has no way to tell of a verdict. */
  files?: FileCheck;
  push?: PushRouteDeps['push'];
  stop: Undo;
  notices: Notices;
  /** By kind of notice the template that the app may ask for. */
  templates: Readonly<Partial<Record<NoticeKind, string>>>;
}

/** Calls with the server's token under way at once. */
const MAX_CALLS = 200;
/** WeChat's own numbers are 4,000 and 2,000,000; what is left is for other programs of the same app. */
const TEXT_CHECKS = { minute: 3_800, day: 1_900_000 };
/** Of 2,000 and 200,000. */
const MEDIA_CHECKS = { minute: 1_900, day: 190_000 };
const SWEEP_EVERY_MS = 60_000;

export function createWechat(deps: WechatDeps): Wechat {
  const { config, store, log, clock, newId, isOnline, again, metrics, onFault } = deps;
  const onTrouble = (trouble: Trouble): void => log.warn('trouble with WeChat', { trouble });
  const { wechat: app, wechatApi: base } = config;
  const login = createWechatLogin({
    app,
    api: createWechatApi({ base, fetch, clock, maxCalls: MAX_EXCHANGES }),
    onTrouble,
  });
  if (app === undefined) return { login, notices: NO_NOTICES, templates: {}, stop: () => undefined };
  const api = createWechatApi({ base, fetch, clock, maxCalls: MAX_CALLS });
  const authorized = createAuthorized({
    api,
    token: createServerToken({ app, api, store, clock, newId, onTrouble }),
  });
  const openidOf = (user: UserId): Promise<string | null> => store.openidOf(user);
  const judge = createTextCheck({
    api: authorized,
    fuse: new Fuse({ name: 'wechat.text', most: TEXT_CHECKS, store, clock }),
    openidOf,
    onTrouble,
  });
  const inspector: Inspector = {
    async text(asked) {
      const verdict = await judge.text(asked);
      metrics.verdict('text', verdict.name);
      return verdict;
    },
  };
  const { templates, state, everyMinutes } = config.notices;
  const teller = createNotifier({ api: authorized, templates, state, openidOf, onTrouble });
  const notifier: Notifier = {
    templates: teller.templates,
    async notify(notice) {
      const outcome = await teller.notify(notice);
      metrics.notice(notice.kind, outcome);
      return outcome;
    },
  };
  const everyMs = everyMinutes * 60_000;
  const notices = createNotices({ store, notifier, isOnline, clock, everyMs, onFault });
  const told = { login, inspector, notices, templates: notifier.templates };
  const texts = createOverdueTexts({ store, clock, again });
  const isChecked = config.contentCheck.when !== 'off';
  const undo = isChecked
    ? clock.every(SWEEP_EVERY_MS, () => void texts.sweep().catch(onFault))
    : () => undefined;
  const pushed = withPush({ ...deps, app, authorized, openidOf, onTrouble });
  const stop = (): void => [undo, pushed.stop].forEach((end) => end());
  return { ...told, ...pushed, stop };
}

interface PushParts extends WechatDeps {
  app: WechatApp;
  authorized: Authorized;
  openidOf: (user: UserId) => Promise<string | null>;
  onTrouble: OnTrouble;
}

/** What needs WeChat to call back. */
function withPush(parts: PushParts): Pick<Wechat, 'files' | 'push' | 'stop'> {
  const { config, app, authorized, openidOf, onTrouble, store, log, clock, linkOf, late, onFault } = parts;
  const { wechatPush: secrets, publicUrl, contentCheck } = config;
  if (secrets === undefined || publicUrl === undefined) {
    if (contentCheck.when !== 'off')
      log.warn('pictures and voices are not checked: WECHAT_PUSH_TOKEN or PUBLIC_URL is unset');
    return { stop: () => undefined };
  }
  const inspector = createMediaCheck({
    api: authorized,
    fuse: new Fuse({ name: 'wechat.media', most: MEDIA_CHECKS, store, clock }),
    openidOf,
    addressOf: (file) => publicUrl + linkOf(file),
    onTrouble,
  });
  const files = createFileCheck({ store, inspector, clock, act: late });
  const push = createPush({ secrets, appid: app.appid, clock });
  return {
    files,
    push: {
      echo: push.echo,
      async hear(query, body) {
        const found = mediaVerdictIn(push.open(query, body));
        if (!found) return;
        parts.metrics.verdict('file', found.verdict.name);
        await files.settle(found.trace, found.verdict);
      },
    },
    stop: clock.every(SWEEP_EVERY_MS, () => void files.sweep().catch(onFault)),
  };
}

/**
 * What the environment says of WeChat: the app, its API, what is checked there and how. Checked like everything else
 * of the configuration (config.ts); no fault quotes a secret.
 */
import { readNotices, type NoticeConfig } from './notice-variables.ts';
import type { Variables } from './variables.ts';

export interface WechatApp {
  appid: string;
  secret: string;
}

/** How what people write is checked by WeChat, and what becomes of it where WeChat does not say. */
export interface CheckPolicy {
  when: 'off' | 'after' | 'before';
  fail: 'open' | 'closed';
}

export interface WechatConfig {
  /** Absent: nobody logs in through WeChat. */
  wechat?: Readonly<WechatApp>;
  /** Base address, without a slash at its end. */
  wechatApi: string;
  contentCheck: Readonly<CheckPolicy>;
  /** Where WeChat tells of events. Absent: it tells nothing, and pictures are judged by nobody. */
  wechatPush?: Readonly<{ token: string; key?: string }>;
  /** Under which the world reaches this server, without a slash at its end. */
  publicUrl?: string;
  notices: Readonly<NoticeConfig>;
}

/** Faults are told to `variables`. */
export function readWechat(variables: Variables): WechatConfig {
  const wechat = readWechatApp(variables);
  const wechatPush = readPush(variables);
  const publicUrl = readPublicUrl(variables);
  return {
    ...(wechat && { wechat }),
    wechatApi: readWechatApi(variables),
    contentCheck: readContentCheck(variables),
    ...(wechatPush && { wechatPush }),
    ...(publicUrl !== undefined && { publicUrl }),
    notices: readNotices(variables),
  };
}

function readContentCheck(variables: Variables): CheckPolicy {
  const when = variables.choice('CONTENT_CHECK', ['off', 'after', 'before'], 'off');
  const fail = variables.choice('CONTENT_CHECK_FAIL', ['open', 'closed'], 'open');
  if (when !== 'off' && variables.get('WECHAT_APPID') === undefined) {
    variables.fault(
      'CONTENT_CHECK',
      `${when} needs WECHAT_APPID and WECHAT_SECRET; allowed without them: off`,
    );
  }
  const lacks = ['WECHAT_PUSH_TOKEN', 'PUBLIC_URL'].filter((name) => variables.get(name) === undefined);
  if (when !== 'off' && fail === 'closed' && lacks.length > 0) {
    const why = `closed needs ${lacks.join(' and ')}, or no picture could ever be sent`;
    variables.fault('CONTENT_CHECK_FAIL', `${why}; allowed without: open`);
  }
  return { when, fail };
}

function readPush(variables: Variables): { token: string; key?: string } | undefined {
  const token = variables.get('WECHAT_PUSH_TOKEN');
  const key = variables.get('WECHAT_PUSH_KEY');
  if (token !== undefined && !/^[0-9a-zA-Z]{3,32}$/.test(token)) {
    variables.fault(
      'WECHAT_PUSH_TOKEN',
      'is no token of a message push; allowed: 3–32 letters or digits, or unset',
    );
  }
  if (key !== undefined && !/^[0-9a-zA-Z]{43}$/.test(key)) {
    variables.fault('WECHAT_PUSH_KEY', 'is no EncodingAESKey; allowed: 43 letters or digits, or unset');
  }
  if (token === undefined) {
    if (key !== undefined) {
      variables.fault(
        'WECHAT_PUSH_TOKEN',
        'is not set, but WECHAT_PUSH_KEY is; allowed: both, or the token alone',
      );
    }
    return undefined;
  }
  if (variables.get('WECHAT_APPID') === undefined) {
    variables.fault('WECHAT_PUSH_TOKEN', 'needs WECHAT_APPID and WECHAT_SECRET; allowed without them: unset');
  }
  return key === undefined ? { token } : { token, key };
}

function readPublicUrl(variables: Variables): string | undefined {
  const text = variables.get('PUBLIC_URL');
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.search ||
    url.hash ||
    url.username ||
    url.password
  ) {
    variables.fault(
      'PUBLIC_URL',
      'is no address; allowed: https://host[:port][/path], without user, query or fragment',
    );
  }
  return text.replace(/\/+$/, '');
}

function readWechatApp(variables: Variables): WechatApp | undefined {
  const appid = variables.get('WECHAT_APPID');
  const secret = variables.get('WECHAT_SECRET');
  if (appid !== undefined && !/^wx[0-9a-zA-Z]{16}$/.test(appid)) {
    // Not quoted: the two are easily put in each other's place.
    variables.fault('WECHAT_APPID', 'is not an AppID; allowed: wx and 16 letters or digits, or unset');
  }
  if (secret !== undefined && !/^[0-9a-zA-Z]{16,64}$/.test(secret)) {
    variables.fault('WECHAT_SECRET', 'is not an AppSecret; allowed: 16–64 letters or digits, or unset');
  }
  if (appid !== undefined && secret !== undefined) return { appid, secret };
  if (appid !== undefined)
    variables.fault('WECHAT_SECRET', 'is not set, but WECHAT_APPID is; allowed: both, or none');
  if (secret !== undefined)
    variables.fault('WECHAT_APPID', 'is not set, but WECHAT_SECRET is; allowed: both, or none');
  return undefined;
}

function readWechatApi(variables: Variables): string {
  const text = variables.get('WECHAT_API') ?? 'https://api.weixin.qq.com';
  const url = URL.canParse(text) ? new URL(text) : null;
  // The AppSecret travels in the query (that is WeChat's way), so never in the clear over a network.
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !isSafe || url.search || url.hash || url.username || url.password) {
    const allowed = 'https://host[:port][/path], http:// on loopback only, without user, query or fragment';
    variables.fault('WECHAT_API', `is not a base address; allowed: ${allowed}`);
  }
  return text.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

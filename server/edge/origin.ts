/**
 * From where a socket may be opened (RFC 6455 §10.1). A browser names its page in `Origin`, a mini-program itself in
 * `Referer`; both can be made up by whoever is neither, so this keeps strange pages away from people's sessions and
 * never replaces the token. Pure.
 */

export interface OriginRules {
  /**
   * Origins of pages that may: a list, `any`, or `own`: a page that came from the very host it connects to. Who sends
   * no `Origin` is no browser, and none of this concerns them.
   */
  origins: readonly string[] | 'any' | 'own';
  /** Ours. A mini-program that says it is another one may not; absent: nobody is asked. */
  appid?: string;
  /** Nobody comes from DevTools or from a trial that was never reviewed. */
  released: boolean;
}

export interface Handshake {
  host: string;
  /** Empty where there is none. */
  origin: string;
  referer: string;
}

/** `https://servicewechat.com/{appid}/{version}/page-frame.html`; version 0 is a trial, `devtools` says it itself. */
const MINI_PROGRAM = /^https:\/\/servicewechat\.com\/([^/]*)\/([^/]*)\//;
const UNRELEASED: ReadonlySet<string> = new Set(['0', 'devtools']);

export function mayOpen(
  { host, origin, referer }: Handshake,
  { origins, appid, released }: OriginRules,
): boolean {
  const [, named = '', version = ''] = MINI_PROGRAM.exec(referer) ?? [];
  // DevTools sends an Origin beside its Referer; who says that it is a mini-program is judged as one.
  if (named !== '') {
    if (appid !== undefined && named !== appid) return false;
    return !(released && UNRELEASED.has(version));
  }
  if (origin === '' || origins === 'any') return true;
  if (origins === 'own') return URL.canParse(origin) && new URL(origin).host === host;
  return origins.includes(origin);
}

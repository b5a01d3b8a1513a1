/**
 * The server's own token (stable_token): one for all nodes, kept in the store, renewed in time by whichever node holds
 * the lease. A token that WeChat refuses is first asked for in the ordinary way, which gives the one that is good now;
 * only where that is the refused one is another forced, which WeChat allows 20 times a day. The token is in no error
 * and no trouble.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html
 */
import type { WechatApp } from '../config.ts';
import type { Clock, NewId, Shared, SharedStore } from '../domain/ports.ts';
import type { WechatApi } from './api.ts';
import { dayEnd } from './day.ts';
import type { OnTrouble } from './trouble.ts';

export interface ServerToken {
  /** Null where none can be had at the moment. */
  current(): Promise<string | null>;
  /** WeChat refused this one: another, or null. */
  instead(refused: string): Promise<string | null>;
}

export interface ServerTokenDeps {
  app: WechatApp;
  api: WechatApi;
  store: SharedStore;
  clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  newId: NewId;
  onTrouble: OnTrouble;
}

/** In its last five minutes WeChat gives a new one, and both are good. */
const RENEW_MS = 4 * 60_000;
/** What a call that begins now may need. */
const LEAST_MS = 30_000;
const ASK_DEADLINE_MS = 5_000;
const LEASE_MS = 15_000;
/** Another node is renewing: look again so often … */
const LOOK_MS = 250;
/** … and so many times. */
const LOOKS = 20;
/** After a failure nobody asks for so long. */
const PAUSE_MS = 3_000;
/** Of 20: a few are left for a person in need. */
export const FORCED_A_DAY = 16;
const NAME = 'wechat.token';

export function createServerToken(deps: ServerTokenDeps): ServerToken {
  const { app, api, store, clock, newId, onTrouble } = deps;
  const holder = newId();
  let known: Shared | null = null;
  let renewal: Promise<string | null> | null = null;
  let pausedUntil = -Infinity;

  async function current(): Promise<string | null> {
    if (left(known) <= RENEW_MS) {
      const shared = await store.shared(NAME);
      // A renewal of our own may have been faster than the look.
      if (left(shared) > left(known)) known = shared;
    }
    if (known && left(known) > RENEW_MS) return known.value;
    const renewed = renew(null);
    return known && left(known) > LEAST_MS ? known.value : renewed;
  }

  async function instead(refused: string): Promise<string | null> {
    if (known && known.value !== refused && left(known) > LEAST_MS) return known.value;
    return renew(refused);
  }

  const left = (token: Shared | null): number => (token?.expires ?? 0) - clock.now();

  /** One at a time on this node. */
  function renew(refused: string | null): Promise<string | null> {
    if (clock.monotonic() < pausedUntil) return Promise.resolve(null);
    renewal ??= renewOrPause(refused).finally(() => (renewal = null));
    return renewal;
  }

  async function renewOrPause(refused: string | null): Promise<string | null> {
    try {
      const value = await renewInTurn(refused);
      if (value === null) pausedUntil = clock.monotonic() + PAUSE_MS;
      return value;
    } catch {
      // The store is away, and says so to everybody who needs it.
      pausedUntil = clock.monotonic() + PAUSE_MS;
      return null;
    }
  }

  /** One at a time among the nodes. */
  async function renewInTurn(refused: string | null): Promise<string | null> {
    for (let look = 0; look < LOOKS; look += 1) {
      const now = clock.now();
      if (await store.lease({ name: NAME, holder, now, until: now + LEASE_MS })) {
        try {
          return (await sharedByOthers(refused)) ?? (await askAndShare(refused));
        } finally {
          await store.release(NAME, holder);
        }
      }
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
      const theirs = await sharedByOthers(refused);
      if (theirs !== null) return theirs;
    }
    return null;
  }

  async function sharedByOthers(refused: string | null): Promise<string | null> {
    const shared = await store.shared(NAME);
    if (!shared || shared.value === refused || left(shared) <= RENEW_MS) return null;
    known = shared;
    return shared.value;
  }

  async function askAndShare(refused: string | null): Promise<string | null> {
    const ordinary = await ask({ force: false });
    const isNew = ordinary !== null && ordinary.value !== refused;
    const got = isNew || ordinary === null ? ordinary : await force(refused);
    if (got === null) return null;
    known = got;
    await store.share(NAME, got);
    return got.value;
  }

  async function force(refused: string | null): Promise<Shared | null> {
    const now = clock.now();
    const taken = await store.take({
      name: `${NAME}.forced`,
      ends: dayEnd(now),
      want: 1,
      most: FORCED_A_DAY,
      now,
    });
    if (taken === 0) {
      onTrouble({ name: 'quota', call: 'token' });
      return null;
    }
    const forced = await ask({ force: true });
    // Forced twice within 30 s, WeChat gives the same again.
    return forced?.value === refused ? null : forced;
  }

  async function ask({ force: force_refresh }: { force: boolean }): Promise<Shared | null> {
    const { appid, secret } = app;
    const answer = await api.call({
      method: 'POST',
      path: '/cgi-bin/stable_token',
      body: { grant_type: 'client_credential', appid, secret, force_refresh },
      deadlineMs: ASK_DEADLINE_MS,
    });
    if (answer.name === 'fields') {
      const { access_token: value, expires_in: seconds } = answer.fields;
      if (typeof value === 'string' && value !== '' && Number(seconds) > 0) {
        return { value, expires: clock.now() + Number(seconds) * 1_000 };
      }
      onTrouble({ name: 'no-answer', call: 'token', why: 'not-json' });
    } else if (answer.name === 'errcode')
      onTrouble({ name: 'errcode', call: 'token', errcode: answer.errcode });
    else onTrouble({ name: 'no-answer', call: 'token', why: answer.why });
    return null;
  }

  return { current, instead };
}

/**
 * Who somebody is: logs people in by WeChat code or, in development, by name; keeps a login alive by turning its
 * refresh token, which works once; ends it. A login is a family of refresh tokens (`sid`): when one that was replaced
 * comes back late, somebody holds a stolen copy, and the whole family and its sockets end. No token is stored, and
 * none is in any refusal.
 */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Timestamp, User, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Clock, Identity, Login, LoginStore, NewId, UserStore } from '../domain/ports.ts';
import { Refusal, unauthorized } from '../outcome.ts';
import { checkedName } from './name.ts';
import { hashOf, isRefreshToken, newRefreshToken, seal, unseal } from './refresh-token.ts';
import type { TokenRole, Tokens } from './tokens.ts';

export interface Pair {
  access: string;
  expiresAt: Timestamp;
  refresh: string;
}

export interface Authenticated {
  user: User;
  sid: string;
  role: TokenRole;
  /** The key its token was signed with. */
  kid: string;
  expiresAt: Timestamp;
}

export interface Logins {
  /** Each WeChat user and each dev name is one user, made at the first login. */
  login(by: { code: string } | { dev: string }): Promise<{ user: User } & Pair>;
  /**
   * A new pair for a token that was never used; for one used at most 30 s ago (a reply was lost) the pair that was
   * answered then. @throws Refusal UNAUTHORIZED for any other
   */
  refresh(token: string): Promise<Pair>;
  /** Ends the login and its sockets. A token that is none, or of a login that has ended, changes nothing. */
  logout(token: string): Promise<void>;
  /** @throws Refusal UNAUTHORIZED where the token, its login or its user is not good any more */
  authenticate(access: string): Promise<Authenticated>;
}

export interface LoginsDeps {
  store: UserStore & LoginStore;
  tokens: Tokens;
  /** Rejects with the Refusal that the person hears. */
  wechat: { exchange(code: string): Promise<Identity> };
  clock: Pick<Clock, 'now'>;
  newId: NewId;
  devLogin: boolean;
  /** Runs within each login, before it is answered; where it fails, so does the login. */
  onWelcome: (user: UserId) => Promise<void>;
  /** @throws Refusal BANNED, with until when and why */
  mustNotBeBanned: (user: UserId) => Promise<void> | undefined;
  hangUp: (target: { user: UserId; sid: string; closeCode: CloseCode; reason: string }) => void;
}

export const REFRESH_TTL_MS = 30 * 24 * 3_600_000;
export const GRACE_MS = 30_000;
/** Before a person has chosen a name: a guest at tea. */
const GUEST = '茶友';

export function createLogins(deps: LoginsDeps): Logins {
  const { store, tokens, wechat, clock, newId, devLogin, onWelcome, mustNotBeBanned, hangUp } = deps;

  async function login(by: { code: string } | { dev: string }): Promise<{ user: User } & Pair> {
    const { identity, name } = 'code' in by ? await byCode(by.code) : byName(by.dev);
    const id = newId();
    const { user } = await store.userOf(identity, { id, name: name ?? guestName(id) });
    await mustNotBeBanned(user.id);
    await onWelcome(user.id);
    const opened = { sid: newId(), user: user.id, expires: clock.now() + REFRESH_TTL_MS };
    const pair = newPair(opened);
    await store.openLogin(opened, hashOf(pair.refresh));
    return { user, ...pair };
  }

  async function byCode(code: string): Promise<{ identity: Identity; name?: string }> {
    return { identity: await wechat.exchange(code) };
  }

  function byName(text: string): { identity: Identity; name: string } {
    if (!devLogin) {
      throw new Refusal(ErrorCode.FORBIDDEN, 'Login by name is off on this server: DEV_LOGIN is not 1.');
    }
    const name = checkedName('dev', text);
    return { identity: { dev: name }, name };
  }

  function newPair({ user, sid }: Pick<Login, 'user' | 'sid'>): Pair {
    return { ...tokens.sign({ user, sid, role: 'user' }), refresh: newRefreshToken() };
  }

  async function refresh(token: string): Promise<Pair> {
    const found = await loginOf(token);
    if (found === null) throw unauthorized();
    await mustNotBeBanned(found.user);
    const now = clock.now();
    const pair = newPair(found);
    const rotation = await store.rotate({
      hash: hashOf(token),
      next: hashOf(pair.refresh),
      sealed: seal(JSON.stringify(pair), token),
      now,
      graceMs: GRACE_MS,
      expires: now + REFRESH_TTL_MS,
    });
    switch (rotation.outcome) {
      case 'rotated':
        return pair;
      case 'repeated':
        return JSON.parse(unseal(rotation.sealed, token)) as Pair;
      case 'reused':
        endSockets(rotation.login, 'a refresh token was used twice');
        throw unauthorized();
      case 'unknown':
        throw unauthorized();
    }
  }

  async function logout(token: string): Promise<void> {
    const found = await loginOf(token);
    if (found === null) return;
    await store.revoke(found.sid);
    endSockets(found, 'logged out');
  }

  async function loginOf(token: string): Promise<Login | null> {
    return isRefreshToken(token) ? store.loginOf(hashOf(token)) : null;
  }

  function endSockets({ user, sid }: Login, reason: string): void {
    hangUp({ user, sid, closeCode: CloseCode.UNAUTHORIZED, reason });
  }

  async function authenticate(access: string): Promise<Authenticated> {
    const { user: id, sid, role, kid, expiresAt } = tokens.verify(access);
    // A token of the command line names no login; it opens the admin listener alone.
    if (sid === undefined) throw unauthorized();
    const [alive, user] = await Promise.all([store.login(sid, clock.now()), store.user(id)]);
    if (alive?.user !== id || user === null) throw unauthorized();
    await mustNotBeBanned(id);
    return { user, sid, role, kid, expiresAt };
  }

  return { login, refresh, logout, authenticate };
}

function guestName(id: UserId): string {
  return GUEST + id.replace(/[^A-Za-z0-9]/g, '').slice(0, 4);
}

/**
 * Owns the login: who is signed in, the access token, and the refresh token that buys the next. Promises that at
 * most one refresh is under way, and that one whose answer was lost is sent again with the same refresh token: the
 * server answers it with the same pair for 30 s. A refusal forgets the login and says so, once.
 */
import { ErrorCode } from '../protocol/errors';
import type { ErrorBody } from '../protocol/errors';
import type { Timestamp, User } from '../protocol/objects';
import { ChatError } from './chat-error';
import type { Clock } from './clock';
import type { Http, HttpReply } from './http';

export interface Login {
  user: User;
  access: string;
  /** By the server's clock. */
  expiresAt: Timestamp;
  refresh: string;
}

/** Where a login outlives the app. */
export interface LoginShelf {
  read(): unknown;
  write(login: Login): void;
  remove(): void;
}

/** What proves who one is: a code of wx.login, or a name on a development server. */
export type Proof = { code: string } | { dev: string };

export type Refused = { reason: 'expired' } | { reason: 'banned'; ban: Ban };

/** The moderator's words, and the end where there is one. */
export interface Ban {
  reason: string;
  until?: Timestamp;
}

export interface TokenPorts {
  http: Http;
  shelf: LoginShelf;
  clock: Clock;
  /** The server takes the login no more; it is forgotten already. */
  refused: (why: Refused) => void;
}

/** An access token that ends sooner is exchanged before it is used. */
const SPARE_MS = 60_000;

export class Tokens {
  readonly #ports: TokenPorts;
  #login: Login | null;
  #refreshing: Promise<string> | null = null;
  /** Server's clock minus the phone's, as last learned. */
  #aheadMs = 0;
  /** The server said no to the access token, whatever its time. */
  #rejected = false;

  constructor(ports: TokenPorts) {
    this.#ports = ports;
    const kept = ports.shelf.read();
    this.#login = isLogin(kept) ? kept : null;
  }

  get user(): User | null {
    return this.#login?.user ?? null;
  }

  async login(proof: Proof): Promise<User> {
    const reply = await this.#ports.http.send({ method: 'POST', path: '/v1/login', body: proof });
    const login = expectOk(reply);
    if (!isLogin(login)) throw new ChatError('INTERNAL', 'The answer to /v1/login is no login.');
    this.#keep(login);
    return login.user;
  }

  /** A token that the server should take: the one held, or a new one. Rejects as `refresh` does. */
  async access(): Promise<string> {
    const login = this.#login;
    if (!login) throw new ChatError('UNAUTHORIZED', 'Nobody is signed in.');
    const leftMs = login.expiresAt - this.serverNow();
    return this.#rejected || leftMs < SPARE_MS ? this.refresh() : login.access;
  }

  /** A new token. Rejects with UNAUTHORIZED or BANNED where the login is over, else it may be tried again. */
  refresh(): Promise<string> {
    this.#refreshing ??= this.#exchange().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** The server closed or answered with "not this token". */
  reject(): void {
    this.#rejected = true;
  }

  /** From the reply to hello: makes up for a phone whose clock is wrong. */
  learn(serverTime: Timestamp): void {
    this.#aheadMs = serverTime - this.#ports.clock.now();
  }

  /** Now, by the server's clock as far as it is known. */
  serverNow(): Timestamp {
    return this.#ports.clock.now() + this.#aheadMs;
  }

  /** Of somebody who is not signed in any more, nothing happens. */
  rename(user: User): void {
    if (this.#login?.user.id === user.id) this.#keep({ ...this.#login, user });
  }

  /** Forgets the login at once; the server is told where it can be reached. */
  async logout(): Promise<void> {
    const refresh = this.#login?.refresh;
    this.#forget();
    if (refresh === undefined) return;
    await this.#ports.http
      .send({ method: 'POST', path: '/v1/logout', body: { refresh } })
      .catch(() => undefined);
  }

  async #exchange(): Promise<string> {
    const asked = this.#login;
    if (!asked) throw new ChatError('UNAUTHORIZED', 'Nobody is signed in.');
    const body = { refresh: asked.refresh };
    const reply = await this.#ports.http.send({ method: 'POST', path: '/v1/refresh', body });
    // Signed out, or in anew, while the answer was on its way: it belongs to nobody.
    if (this.#login?.refresh !== asked.refresh) throw new ChatError('UNAUTHORIZED', 'The login has changed.');
    if (reply.status === 401 || reply.status === 403) {
      this.#forget();
      const error = errorOf(reply);
      const banned = error.code === ErrorCode.BANNED;
      const { reason = '', until } = error;
      const ban: Ban = until === undefined ? { reason } : { reason, until };
      this.#ports.refused(banned ? { reason: 'banned', ban } : { reason: 'expired' });
      throw new ChatError(banned ? 'BANNED' : 'UNAUTHORIZED', error.message, error);
    }
    const login = { user: asked.user, ...(expectOk(reply) as object) };
    if (!isLogin(login)) throw new ChatError('INTERNAL', 'The answer to /v1/refresh is no login.');
    this.#keep(login);
    return login.access;
  }

  #keep(login: Login): void {
    const { user, access, expiresAt, refresh } = login;
    this.#login = { user, access, expiresAt, refresh };
    this.#rejected = false;
    this.#ports.shelf.write(this.#login);
  }

  #forget(): void {
    this.#login = null;
    this.#rejected = false;
    this.#ports.shelf.remove();
  }
}

/** The body of a good answer; throws what a bad one says. */
export function expectOk(reply: HttpReply): unknown {
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  throw ChatError.from(errorOf(reply));
}

function errorOf(reply: HttpReply): ErrorBody {
  const error = (reply.body as { error?: Partial<ErrorBody> } | null)?.error;
  const code = error?.code ?? (reply.status >= 500 ? ErrorCode.UNAVAILABLE : statusCode(reply.status));
  return { message: `Status ${reply.status}.`, ...error, code };
}

/** Of an answer that something before the server gave: a proxy that takes no larger bodies. */
function statusCode(status: number): ErrorCode {
  return status === 413 ? ErrorCode.TOO_LARGE : ErrorCode.BAD_REQUEST;
}

function isLogin(value: unknown): value is Login {
  const login = value as Partial<Login> | null | undefined;
  return (
    typeof login?.access === 'string' &&
    typeof login.refresh === 'string' &&
    typeof login.expiresAt === 'number' &&
    typeof login.user?.id === 'string'
  );
}

/** The HTTP half of the fake server: people by dev name, tokens on the test's clock, rotation with 30 s of grace. */
import type { User } from '../../miniprogram/protocol/objects.ts';
import type { HttpCall } from './fake-wx.ts';
import type { ManualClock } from './manual-clock.ts';

const ACCESS_MS = 15 * 60_000;
const GRACE_MS = 30_000;

interface Pair {
  access: string;
  refresh: string;
  expiresAt: number;
}

export class FakeLogins {
  /** What arrived, by path. */
  readonly calls: string[] = [];
  readonly faults = {
    /** Does what is asked, so many times, but the answer is lost. */
    loseAnswers: 0,
    /** Answers so many calls with 503. */
    unavailable: 0,
  };
  readonly #clock: ManualClock;
  readonly #users = new Map<string, User>();
  readonly #access = new Map<string, { user: User; expiresAt: number }>();
  readonly #refresh = new Map<string, { user: User; used: { at: number; pair: Pair } | null }>();
  #count = 0;
  #files = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  user(name: string): User {
    const user = this.#users.get(name) ?? { id: `u_${name}`, name };
    this.#users.set(name, user);
    return user;
  }

  byId(id: string): User | undefined {
    return [...this.#users.values()].find((user) => user.id === id);
  }

  /** Null where the token is unknown, revoked or expired. */
  verify(access: string): { user: User; expiresAt: number } | null {
    const login = this.#access.get(access);
    return login && login.expiresAt > this.#clock.now() ? login : null;
  }

  /** Every token of everybody is worth nothing from now on. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  revokeAccess(): void {
    this.#access.clear();
  }

  /** Throws where the answer is lost. */
  answer({ url, data, header }: HttpCall): { status: number; body: unknown } {
    const path = new URL(url).pathname;
    this.calls.push(path);
    if (this.faults.unavailable > 0) {
      this.faults.unavailable -= 1;
      return { status: 503, body: { error: { code: 'UNAVAILABLE', message: 'Not now.' } } };
    }
    const answer = this.#answer(path, (data ?? {}) as Record<string, string>, header);
    if (this.faults.loseAnswers > 0) {
      this.faults.loseAnswers -= 1;
      throw new Error('lost');
    }
    return answer;
  }

  #answer(
    path: string,
    data: Record<string, string>,
    header: Record<string, string>,
  ): { status: number; body: unknown } {
    if (path === '/v1/login') {
      const user = this.user(data['dev'] ?? data['code'] ?? '');
      return { status: 200, body: { user, ...this.#pair(user) } };
    }
    if (path === '/v1/logout') return { status: 200, body: {} };
    if (path === '/v1/refresh') return this.#rotate(data['refresh'] ?? '');
    const login = this.verify((header['authorization'] ?? '').replace('Bearer ', ''));
    if (!login) return unauthorized();
    if (path === '/v1/files') {
      this.#files += 1;
      return { status: 200, body: { file: `f_${this.#files}`, size: 1, mime: 'image/png' } };
    }
    Object.assign(login.user, data);
    return { status: 200, body: login.user };
  }

  #rotate(refresh: string): { status: number; body: unknown } {
    const known = this.#refresh.get(refresh);
    if (!known) return unauthorized();
    if (known.used && this.#clock.now() - known.used.at > GRACE_MS) {
      this.revokeAll();
      return unauthorized();
    }
    known.used ??= { at: this.#clock.now(), pair: this.#pair(known.user) };
    return { status: 200, body: known.used.pair };
  }

  #pair(user: User): Pair {
    this.#count += 1;
    const expiresAt = this.#clock.now() + ACCESS_MS;
    const pair = { access: `access-${this.#count}`, refresh: `refresh-${this.#count}`, expiresAt };
    this.#access.set(pair.access, { user, expiresAt });
    this.#refresh.set(pair.refresh, { user, used: null });
    return pair;
  }
}

function unauthorized(): { status: number; body: unknown } {
  return { status: 401, body: { error: { code: 'UNAUTHORIZED', message: 'The token is not known.' } } };
}

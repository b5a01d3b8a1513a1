/**
 * The users and logins of the store's port, in memory, for tests of who somebody is. Keeps what the port promises of
 * these methods; the real stores are tried by their own contract suite.
 */
/* eslint-disable @typescript-eslint/require-await -- the port is asynchronous, a Map is not */
import type { User, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Identity, Login, LoginStore, Rotation, UserStore } from '../../server/domain/ports.ts';

interface Used {
  sid: string;
  /** Null while it is the current one. */
  replaced: { at: number; sealed: string } | null;
}

export class MemoryAccounts implements UserStore, LoginStore {
  readonly #users = new Map<UserId, User>();
  readonly #identities = new Map<string, UserId>();
  readonly #seen = new Map<UserId, number>();
  readonly #welcomed = new Set<UserId>();
  readonly #logins = new Map<string, Login>();
  readonly #hashes = new Map<string, Used>();

  /** All that it holds, for a test that looks for what must not be there. */
  dump(): string {
    return JSON.stringify([this.#users, this.#identities, this.#logins, this.#hashes].map((map) => [...map]));
  }

  async openidOf(id: UserId): Promise<string | null> {
    const found = [...this.#identities].find(([key, user]) => user === id && key.startsWith('openid '));
    return found?.[0].slice('openid '.length) ?? null;
  }

  async user(id: UserId): Promise<User | null> {
    return this.#users.get(id) ?? null;
  }

  async users(ids: UserId[]): Promise<User[]> {
    return ids.flatMap((id) => this.#users.get(id) ?? []);
  }

  async userOf(identity: Identity, fresh: User): Promise<{ user: User; created: boolean }> {
    const key = JSON.stringify('openid' in identity ? { openid: identity.openid } : identity);
    const known = this.#users.get(this.#identities.get(key) ?? '');
    if (known) return { user: known, created: false };
    this.#identities.set(key, fresh.id);
    this.#users.set(fresh.id, fresh);
    return { user: fresh, created: true };
  }

  async changeUser(id: UserId, fields: { name?: string; avatar?: string }): Promise<User | null> {
    const user = this.#users.get(id);
    if (!user) return null;
    const { avatar, ...rest } = { ...user, ...fields };
    const changed = avatar ? { ...rest, avatar } : rest;
    this.#users.set(id, changed);
    return changed;
  }

  async lastSeen(ids: UserId[]): Promise<{ user: UserId; seen: number }[]> {
    return ids.flatMap((user) => {
      const seen = this.#seen.get(user);
      return seen === undefined ? [] : { user, seen };
    });
  }

  async markSeen(id: UserId, seen: number): Promise<void> {
    this.#seen.set(id, seen);
  }

  async welcomed(id: UserId): Promise<boolean> {
    return this.#welcomed.has(id);
  }

  async welcome(id: UserId): Promise<boolean> {
    const first = !this.#welcomed.has(id);
    this.#welcomed.add(id);
    return first;
  }

  removeUser(id: UserId): void {
    this.#users.delete(id);
  }

  async openLogin(login: Login, hash: string): Promise<void> {
    this.#logins.set(login.sid, login);
    this.#hashes.set(hash, { sid: login.sid, replaced: null });
  }

  async rotate(turn: Parameters<LoginStore['rotate']>[0]): Promise<Rotation> {
    const used = this.#hashes.get(turn.hash);
    const login = used && this.#logins.get(used.sid);
    if (!used || !login || login.expires <= turn.now) return { outcome: 'unknown' };
    if (used.replaced === null) {
      used.replaced = { at: turn.now, sealed: turn.sealed };
      const renewed = { ...login, expires: turn.expires };
      this.#logins.set(login.sid, renewed);
      this.#hashes.set(turn.next, { sid: login.sid, replaced: null });
      return { outcome: 'rotated', login: renewed };
    }
    const { at, sealed } = used.replaced;
    if (turn.now - at <= turn.graceMs) return { outcome: 'repeated', login, sealed };
    this.#logins.delete(login.sid);
    return { outcome: 'reused', login };
  }

  async login(sid: string, now: number): Promise<Login | null> {
    const login = this.#logins.get(sid);
    return login && login.expires > now ? login : null;
  }

  async alive(sids: string[], now: number): Promise<string[]> {
    return sids.filter((sid) => (this.#logins.get(sid)?.expires ?? 0) > now);
  }

  async loginOf(hash: string): Promise<Login | null> {
    return this.#logins.get(this.#hashes.get(hash)?.sid ?? '') ?? null;
  }

  async revokeAll(user: UserId): Promise<number> {
    const own = [...this.#logins.values()].filter((login) => login.user === user);
    for (const { sid } of own) this.#logins.delete(sid);
    return own.length;
  }

  async revoke(sid: string): Promise<void> {
    this.#logins.delete(sid);
  }
}

/**
 * People, rooms and drafts for the store's tests, each with ids of its own, so that tests can share one store. A
 * scene hides no rule of the store: it only fills in what a test does not care about.
 */
import assert from 'node:assert/strict';
import type { Entry, RoomId, RoomKind, User, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Change, Draft, NewRoom, Placed, Store } from '../../server/domain/ports.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** What an adapter's test gives the contract. */
export interface StoreUnderTest {
  store: Store;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<Store>;
  /** Closes the store and removes its data. */
  dispose(): Promise<void>;
}

export type OpenStore = (clock: ManualClock) => Promise<StoreUnderTest>;

export class Scene {
  readonly clock = new ManualClock();
  #open: StoreUnderTest | null = null;
  #store: Store | null = null;
  #made = 0;

  async start(open: OpenStore): Promise<void> {
    this.#open = await open(this.clock);
    this.#store = this.#open.store;
  }

  async end(): Promise<void> {
    await this.#open?.dispose();
  }

  get store(): Store {
    assert.ok(this.#store, 'the scene has started');
    return this.#store;
  }

  async reopen(): Promise<Store> {
    assert.ok(this.#open, 'the scene has started');
    this.#store = await this.#open.reopen();
    return this.#store;
  }

  /** Never the same twice, and ascending. */
  id(prefix: string): string {
    this.#made += 1;
    return `${prefix}-${String(this.#made).padStart(5, '0')}`;
  }

  async user(): Promise<User> {
    const id = this.id('user');
    const { user } = await this.store.userOf({ dev: id }, { id, name: `Name of ${id}` });
    return user;
  }

  /** Their ids, ascending. */
  async users(count: number): Promise<UserId[]> {
    const users = await Promise.all(Array.from({ length: count }, () => this.user()));
    return users.map(({ id }) => id).sort();
  }

  /** A room whose first member is its owner; its entry 1 is a notice. */
  async room(members: UserId[], { kind = 'group', ...more }: Partial<NewRoom> = {}): Promise<RoomId> {
    const { id } = await this.store.createRoom(this.newRoom(members, { kind, ...more }));
    return id;
  }

  newRoom(members: UserId[], more: Partial<NewRoom> & { kind: RoomKind }): NewRoom {
    return {
      id: this.id('room'),
      name: 'Tea house',
      open: false,
      members: members.map((user, i) => ({ user, role: i === 0 ? 'owner' : 'member' })),
      first: this.notice(''),
      ...more,
    };
  }

  /** A text, by default with a cid of its own. */
  text(from: UserId | '', more: Partial<Draft> = {}): Draft {
    const cid = this.id('cid');
    return { from, ts: this.clock.now(), kind: 'text', body: { text: `text of ${cid}` }, cid, ...more };
  }

  /** A notice; its words do not matter to the store. */
  notice(from: UserId | '', change?: Change): Draft {
    const draft: Draft = { from, ts: this.clock.now(), kind: 'sys', body: { action: 'closed' } };
    return change ? { ...draft, change } : draft;
  }

  recall(from: UserId, target: number): Draft {
    const change: Change = { type: 'recall', target };
    return { from, ts: this.clock.now(), kind: 'recall', body: {}, cid: this.id('cid'), target, change };
  }

  join(user: UserId): Draft {
    return this.notice(user, { type: 'join', users: [user], role: 'member' });
  }

  leave(user: UserId): Draft {
    return this.notice(user, { type: 'leave', user });
  }

  async append(room: RoomId, ...drafts: Draft[]): Promise<Placed[]> {
    return this.store.append(room, drafts);
  }

  /** Appends one draft that must be stored, and gives its seq. */
  async say(room: RoomId, draft: Draft): Promise<number> {
    const [placed] = await this.store.append(room, [draft]);
    assert.ok(placed && 'seq' in placed, `stored: ${JSON.stringify(placed)}`);
    return placed.seq;
  }

  /** The whole log, page by page. */
  async log(room: RoomId): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (;;) {
      const page = await this.store.page(room, { after: entries.length, limit: 500 });
      entries.push(...page.entries);
      if (!page.more) return entries;
      assert.ok(page.entries.length > 0, 'where there is more, a page has entries');
    }
  }
}

export const seqs = (entries: Entry[]): number[] => entries.map(({ seq }) => seq);

/** 1, 2 … `head`. */
export const upTo = (head: number): number[] => Array.from({ length: head }, (_, i) => i + 1);

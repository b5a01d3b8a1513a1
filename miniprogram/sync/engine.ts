/**
 * The conductor: what a person can do, and who is doing it. Signs in and out, hands the connection's news to the
 * session of the user who is signed in, and turns acts into requests. Methods that return a promise reject with what
 * the request rejects with; the others take effect on the tree by themselves.
 */
import type { Account } from '../net/account';
import type { Clock } from '../net/clock';
import type { Connection } from '../net/connection';
import type { LinkState } from '../net/phase';
import type { Proof, Refused, Tokens } from '../net/token';
import { CloseCode, ErrorCode } from '../protocol/errors';
import type { HelloBody, HelloReply, ManageAction, Push } from '../protocol/frames';
import type { Cid, Member, RoomId, RoomSummary, Seq, User, UserId } from '../protocol/objects';
import type { Cache } from './cache';
import { Session } from './session';
import type { View } from './view';

export interface EnginePorts {
  view: View;
  link: Pick<Connection, 'start' | 'stop' | 'retry' | 'request' | 'tell'>;
  tokens: Pick<Tokens, 'user' | 'login' | 'logout' | 'serverNow'>;
  account: Account;
  cache: Cache;
  clock: Clock;
  /** How long to wait before something is tried again that has failed `attempts` times before. */
  pauseMs: (attempts: number) => number;
  newCid: () => Cid;
  /** A code of wx.login. */
  loginCode: () => Promise<string>;
}

/** Asked for by somebody who is not signed in. */
export class NotSignedIn extends Error {
  readonly code = ErrorCode.UNAUTHORIZED;
}

export class Engine {
  readonly #ports: EnginePorts;
  #current: Session | null = null;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
  }

  /** Picks up the login that the phone has kept, if any. */
  start(): void {
    const { user } = this.#ports.tokens;
    if (user) this.#begin(user);
    else this.#ports.view.set('session', { name: 'signed-out' });
  }

  async signIn(): Promise<void> {
    await this.#signIn({ code: await this.#ports.loginCode() });
  }

  async signInAs(name: string): Promise<void> {
    await this.#signIn({ dev: name });
  }

  /** What is unsent is dropped, and nothing of the user stays on the phone. */
  async signOut(): Promise<void> {
    const { link, cache, tokens } = this.#ports;
    link.stop();
    this.#current?.outbox.clear();
    cache.clear();
    this.#end({ name: 'signed-out', why: 'left' });
    await tokens.logout();
  }

  reconnect(): void {
    const { view, tokens, link } = this.#ports;
    if (view.state.session.name === 'barred') {
      if (!tokens.user) return this.#end({ name: 'signed-out', why: 'expired' });
      view.set('session', { name: 'signed-in', user: tokens.user });
    }
    link.retry();
  }

  enter(room: RoomId): void {
    this.#session.enter(room);
  }

  leave(room: RoomId): void {
    this.#current?.leave(room);
  }

  older(room: RoomId): Promise<void> {
    return this.#session.older(room);
  }

  read(room: RoomId, seq: Seq): void {
    this.#session.read(room, seq);
  }

  typing(room: RoomId): void {
    if (this.#session.typing.mayTell(room)) this.#ports.link.tell('room.typing', { room });
  }

  /** Throws OutboxFull where too many wait already. */
  sendText(room: RoomId, text: string, more: { reply?: Seq; mentions?: UserId[] | 'all' } = {}): Cid {
    const cid = this.#ports.newCid();
    const ts = this.#ports.tokens.serverNow();
    this.#session.outbox.add({ room, cid, ts, kind: 'text', body: { text }, ...more });
    return cid;
  }

  resend(room: RoomId, cid: Cid): void {
    this.#session.outbox.resend(room, cid);
  }

  discard(room: RoomId, cid: Cid): void {
    this.#session.outbox.discard(room, cid);
  }

  async recall(room: RoomId, seq: Seq): Promise<void> {
    await this.#ports.link.request('message.recall', { room, cid: this.#ports.newCid(), target: seq });
  }

  async openDirect(user: UserId): Promise<RoomId> {
    return this.#adopt(await this.#ports.link.request('room.open', { user }));
  }

  async createGroup(name: string, members: UserId[]): Promise<RoomId> {
    return this.#adopt(await this.#ports.link.request('room.create', { kind: 'group', name, members }));
  }

  async openRooms(): Promise<RoomSummary[]> {
    return (await this.#ports.link.request('room.list', { scope: 'open' })).rooms;
  }

  async join(room: RoomId): Promise<void> {
    this.#adopt(await this.#ports.link.request('room.join', { room }));
  }

  async quit(room: RoomId): Promise<void> {
    await this.#ports.link.request('room.leave', { room });
    this.#current?.gone(room);
  }

  async members(room: RoomId, after?: UserId): Promise<{ members: Member[]; more: boolean }> {
    const page = await this.#ports.link.request('room.members', {
      room,
      ...(after !== undefined && { after }),
    });
    this.#current?.people.met(page.members.map(({ user }) => user));
    return page;
  }

  async manage(room: RoomId, action: ManageAction): Promise<void> {
    await this.#ports.link.request('room.manage', { room, cid: this.#ports.newCid(), ...action });
  }

  async prefer(
    room: RoomId,
    preferences: { muted?: boolean; pinned?: boolean; hidden?: boolean },
  ): Promise<void> {
    await this.#ports.link.request('room.prefs', { room, ...preferences });
    this.#current?.rooms.prefer(room, preferences);
  }

  async changeProfile(fields: { name?: string; avatar?: string }): Promise<User> {
    return this.#renamed(await this.#ports.account.change(fields));
  }

  async changeAvatar(filePath: string): Promise<User> {
    return this.#renamed(await this.#ports.account.changeAvatar(filePath));
  }

  /** The app goes to the background, where it may be ended without a word. */
  hide(): void {
    this.#ports.cache.flush();
  }

  /** For hello. */
  greeting(): Pick<HelloBody, 'epoch' | 'cursors'> {
    return this.#current?.greeting() ?? {};
  }

  greeted(reply: HelloReply): void {
    this.#ports.view.set('session', { name: 'signed-in', user: reply.user });
    this.#ports.view.set('limits', reply.limits);
    this.#current?.greeted(reply);
  }

  pushed(push: Push): void {
    this.#current?.pushed(push);
  }

  linkChanged(state: LinkState): void {
    const { view } = this.#ports;
    if (view.state.link.name === 'live') this.#current?.lost();
    if (state.name !== 'stopped') return view.set('link', state);
    view.set('link', { name: 'idle' });
    view.set('session', { name: 'barred', closeCode: state.closeCode, reason: state.reason });
  }

  /** The server does not take the login any more. What is unsent waits for the same user to sign in again. */
  loginRefused(why: Refused): void {
    this.#ports.link.stop();
    if (why.reason === 'expired') return this.#end({ name: 'signed-out', why: 'expired' });
    this.#end({ name: 'barred', closeCode: CloseCode.BANNED, reason: why.message });
  }

  async #signIn(proof: Proof): Promise<void> {
    const user = await this.#ports.tokens.login(proof);
    this.#ports.link.stop();
    this.#end({ name: 'unknown' });
    this.#begin(user);
  }

  #begin(user: User): void {
    const { view, link, cache, clock, pauseMs } = this.#ports;
    this.#current = new Session({ user, view, link, cache, clock, pauseMs });
    view.set('session', { name: 'signed-in', user });
    link.start();
  }

  #end(shown: { name: 'unknown' } | { name: 'signed-out'; why: 'expired' | 'left' } | BarredView): void {
    this.#current?.lost();
    this.#current = null;
    this.#ports.cache.flush();
    this.#ports.view.clear();
    this.#ports.view.set('session', shown);
  }

  #adopt({ room }: { room: RoomSummary }): RoomId {
    this.#current?.adopt(room);
    return room.id;
  }

  #renamed(user: User): User {
    this.#ports.view.set('session', { name: 'signed-in', user });
    this.#current?.people.met([user]);
    return user;
  }

  get #session(): Session {
    if (!this.#current) throw new NotSignedIn('Nobody is signed in.');
    return this.#current;
  }
}

type BarredView = { name: 'barred'; closeCode: number; reason: string };

/**
 * The conductor: what a person can do, and who is doing it. Signs in and out, hands the connection's news to the
 * session of the user who is signed in, and turns acts into requests. Methods that return a promise reject with what
 * the request rejects with; the others take effect on the tree by themselves.
 */
import type { Account } from '../net/account';
import type { Clock } from '../net/clock';
import type { Connection } from '../net/connection';
import type { LinkState } from '../net/phase';
import type { KeptFiles } from '../net/wx-files';
import type { Proof, Refused, Tokens } from '../net/token';
import { CloseCode } from '../protocol/errors';
import type { HelloBody, HelloReply, ManageAction, Push, ReportReason } from '../protocol/frames';
import type { Cid, FileId, Member, RoomId, RoomSummary, Seq, User, UserId } from '../protocol/objects';
import type { Cache } from './cache';
import { Finder } from './finder';
import { Messages } from './messages';
import type { Addressed, Picture } from './messages';
import { NotSignedIn } from './refusal';
import { Session } from './session';
import type { BarredView, DraftView, View } from './view';

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
  files: KeptFiles;
  serverUrl: string;
}

export class Engine {
  readonly #ports: EnginePorts;
  readonly finder: Finder;
  readonly #messages: Messages;
  #current: Session | null = null;
  /** The group that is being made: asked for once more, because no answer came, it is the same one. */
  #group = { what: '', cid: '' };

  constructor(ports: EnginePorts) {
    this.#ports = ports;
    this.finder = new Finder(ports.link, () => this.#current);
    this.#messages = new Messages({ ...ports, session: () => this.#session });
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
    this.#current?.drafts.clear();
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
    this.#session.reading.enter(room);
  }

  leave(room: RoomId): void {
    this.#current?.reading.leave(room);
  }

  older(room: RoomId): Promise<void> {
    return this.#session.reading.older(room);
  }

  newer(room: RoomId): Promise<void> {
    return this.#session.reading.newer(room);
  }

  goTo(room: RoomId, seq: Seq): Promise<void> {
    return this.#session.reading.goTo(room, seq);
  }

  toEnd(room: RoomId): void {
    this.#current?.reading.toEnd(room);
  }

  look(files: readonly FileId[], room?: RoomId): void {
    this.#current?.files.need(files, room);
  }

  keepDraft(room: RoomId, draft: DraftView): void {
    this.#current?.drafts.keep(room, draft);
  }

  read(room: RoomId, seq: Seq): void {
    this.#session.read(room, seq);
  }

  typing(room: RoomId): void {
    if (this.#session.typing.mayTell(room)) this.#ports.link.tell('room.typing', { room });
  }

  /** Throws OutboxFull where too many wait already. */
  sendText(room: RoomId, text: string, more?: Addressed): Cid {
    return this.#messages.sendText(room, text, more);
  }

  /** Rejects with OutboxFull where too many wait already. */
  sendImage(room: RoomId, picture: Picture, more?: Addressed): Promise<Cid> {
    return this.#messages.sendImage(room, picture, more);
  }

  resend(room: RoomId, cid: Cid): void {
    this.#session.outbox.resend(room, cid);
  }

  discard(room: RoomId, cid: Cid): void {
    this.#session.outbox.discard(room, cid);
  }

  recall(room: RoomId, seq: Seq): Promise<void> {
    return this.#messages.recall(room, seq);
  }

  edit(room: RoomId, seq: Seq, text: string): Promise<void> {
    return this.#messages.edit(room, seq, text);
  }

  react(room: RoomId, seq: Seq, reaction: { emoji: string; on: boolean }): Promise<void> {
    return this.#messages.react(room, seq, reaction);
  }

  report(room: RoomId, seq: Seq, why: { reason: ReportReason; note?: string }): Promise<void> {
    return this.#messages.report(room, seq, why);
  }

  async openDirect(user: UserId): Promise<RoomId> {
    return this.#adopt(await this.#ports.link.request('room.open', { user }));
  }

  async createGroup(name: string, members: UserId[]): Promise<RoomId> {
    const what = JSON.stringify([name, members]);
    if (this.#group.what !== what) this.#group = { what, cid: this.#ports.newCid() };
    const body = { kind: 'group', name, members, cid: this.#group.cid } as const;
    const made = await this.#ports.link.request('room.create', body);
    this.#group = { what: '', cid: '' };
    return this.#adopt(made);
  }

  async refresh(): Promise<void> {
    for (const room of (await this.#ports.link.request('room.list', {})).rooms) this.#current?.adopt(room);
  }

  async join(room: RoomId): Promise<void> {
    this.#adopt(await this.#ports.link.request('room.join', { room }));
  }

  async quit(room: RoomId): Promise<void> {
    await this.#ports.link.request('room.leave', { room });
    this.#current?.gone(room);
  }

  async members(room: RoomId, after?: UserId): Promise<{ members: Member[]; more: boolean }> {
    const from = after === undefined ? {} : { after };
    const page = await this.#ports.link.request('room.members', { room, ...from });
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

  clearCache(): void {
    this.#ports.cache.forget();
  }

  async changeProfile(fields: { name?: string; avatar?: string }): Promise<User> {
    return this.#renamed(await this.#ports.account.change(fields));
  }

  async changeAvatar(filePath: string): Promise<User> {
    return this.#renamed(await this.#ports.account.changeAvatar(filePath));
  }

  /** The app goes to the background, where it may be ended without a word. */
  hide(): void {
    this.#current?.drafts.flush();
    this.#ports.cache.flush();
  }

  /** For hello. */
  greeting(): Pick<HelloBody, 'epoch' | 'cursors'> {
    return this.#current?.greeting() ?? {};
  }

  greeted(reply: HelloReply): void {
    const { view } = this.#ports;
    view.set('session', { name: 'signed-in', user: reply.user });
    view.set('limits', reply.limits);
    view.set('check', reply.check);
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
    view.set('session', { ...state, name: 'barred' });
  }

  /** The server does not take the login any more. What is unsent waits for the same user to sign in again. */
  loginRefused(why: Refused): void {
    this.#ports.link.stop();
    if (why.reason === 'expired') return this.#end({ name: 'signed-out', why: 'expired' });
    this.#end({ ...why.ban, name: 'barred', closeCode: CloseCode.BANNED });
  }

  async #signIn(proof: Proof): Promise<void> {
    const user = await this.#ports.tokens.login(proof);
    this.#ports.link.stop();
    this.#end({ name: 'unknown' });
    this.#begin(user);
  }

  #begin(user: User): void {
    const { view, link, account, files } = this.#ports;
    this.#current = new Session({
      ...this.#ports,
      user,
      upload: (path, progress) => account.upload(path, progress),
    });
    files.sweep(this.#current.outbox.paths);
    view.set('session', { name: 'signed-in', user });
    link.start();
  }

  #end(shown: { name: 'unknown' } | { name: 'signed-out'; why: 'expired' | 'left' } | BarredView): void {
    this.#current?.end();
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
    if (this.#ports.tokens.user?.id !== user.id) return user; // Signed out meanwhile.
    this.#ports.view.set('session', { name: 'signed-in', user });
    this.#current?.people.met([user]);
    return user;
  }

  get #session(): Session {
    if (!this.#current) throw new NotSignedIn('Nobody is signed in.');
    return this.#current;
  }
}

/** What a person says, and does about what was said: texts and pictures go to the outbox, all else to the server. */
import type { Connection } from '../net/connection';
import type { Tokens } from '../net/token';
import type { KeptFiles } from '../net/wx-files';
import type { Content, ReportReason } from '../protocol/frames';
import type { Cid, RoomId, Seq, UserId } from '../protocol/objects';
import type { Outbox } from './outbox';
import type { Reading } from './reading';
import type { Draft } from './unsent';

export interface MessagesPorts {
  link: Pick<Connection, 'request'>;
  newCid: () => Cid;
  files: KeptFiles;
  tokens: Pick<Tokens, 'serverNow'>;
  /** Of whoever is signed in; throws where nobody is. */
  session: () => { outbox: Outbox; reading: Reading };
}

/** What a message answers, and whom it calls. */
export interface Addressed {
  reply?: Seq;
  mentions?: UserId[] | 'all';
}

/** One that the person chose: px, and bytes. */
export interface Picture {
  path: string;
  w: number;
  h: number;
  size: number;
}

export class Messages {
  readonly #ports: MessagesPorts;

  constructor(ports: MessagesPorts) {
    this.#ports = ports;
  }

  /** Throws OutboxFull where too many wait already. */
  sendText(room: RoomId, text: string, more: Addressed = {}): Cid {
    return this.#send({ room, kind: 'text', body: { text }, ...more });
  }

  /** Rejects with OutboxFull where too many wait already. */
  async sendImage(room: RoomId, { path, ...size }: Picture, more: Addressed = {}): Promise<Cid> {
    const local = await this.#ports.files.keep(path);
    return this.#send({ room, kind: 'image', body: { file: '', ...size }, local, ...more });
  }

  async recall(room: RoomId, target: Seq): Promise<void> {
    await this.#ports.link.request('message.recall', { room, cid: this.#ports.newCid(), target });
  }

  async edit(room: RoomId, target: Seq, text: string): Promise<void> {
    await this.#ports.link.request('message.edit', { room, cid: this.#ports.newCid(), target, text });
  }

  async react(room: RoomId, target: Seq, reaction: { emoji: string; on: boolean }): Promise<void> {
    await this.#ports.link.request('message.react', { room, cid: this.#ports.newCid(), target, ...reaction });
  }

  async report(room: RoomId, target: Seq, why: { reason: ReportReason; note?: string }): Promise<void> {
    await this.#ports.link.request('message.report', { room, target, ...why });
  }

  /** One's own words are at the end, so that is where one looks from now on. */
  #send(message: Omit<Draft, 'cid' | 'ts' | 'kind' | 'body'> & Content): Cid {
    const { outbox, reading } = this.#ports.session();
    const cid = this.#ports.newCid();
    outbox.add({ ...message, cid, ts: this.#ports.tokens.serverNow() });
    reading.toEnd(message.room);
    return cid;
  }
}

/**
 * What is being written in a chat, between composer and engine. Promises that nothing typed is lost: every change is
 * kept, and what was not taken stands in the composer again.
 */
import type { ChahuaApp, Row, UserId } from '../../../typings/app';
import { words } from '../../words/language';
import { sendFailureWords } from '../../words/sentences';
import { findSeq } from './chat-rows';
import * as drafts from './draft';
import { say } from './message-acts';
import { choosePictures, isCancel } from './pictures';

/** What is used of the component. */
export interface Composer {
  show(text: string): void;
  insert(text: string): void;
  rest(): void;
  write(): void;
}

export interface WritingPage {
  room: string;
  composer: () => Composer;
  /** What is answered or edited has changed. */
  changed: () => void;
  /** One's own message stands at the end. */
  toEnd: () => void;
}

export class Writing {
  draft: drafts.Draft;
  readonly #page: WritingPage;

  constructor(page: WritingPage) {
    this.#page = page;
    this.draft = getApp<ChahuaApp>().store.state.drafts[page.room] ?? drafts.NOTHING;
  }

  typed(text: string): void {
    const { engine } = getApp<ChahuaApp>();
    if (text !== '') engine.typing(this.#page.room);
    this.draft = drafts.write(this.draft, text);
    engine.keepDraft(this.#page.room, this.draft);
  }

  reply(seq: number): void {
    this.#become(drafts.answer(this.draft, seq));
    this.#page.composer().write();
  }

  edit(seq: number, text: string): void {
    this.#become(drafts.edit(this.draft, seq, text));
    this.#page.composer().write();
  }

  /** A text that was taken back is written anew: in front of what stands there. */
  again(text: string): void {
    this.#become(drafts.write(this.draft, text + this.draft.text));
    this.#page.composer().write();
  }

  drop(): void {
    this.#become(drafts.drop(this.draft));
  }

  /** @param isTyped the @ before the name is there */
  call(id: UserId | 'all', name: string, { isTyped }: { isTyped: boolean }): void {
    this.draft = drafts.call(this.draft, id, name);
    this.#page.composer().insert(`${isTyped ? '' : '@'}${name} `);
    this.#page.composer().write();
  }

  /** As a long press on the face beside a message does. */
  callSender({ from, mine }: Row): void {
    const { people, rooms } = getApp<ChahuaApp>().store.state;
    const name = people[from]?.name;
    const isDirect = rooms[this.#page.room]?.kind === 'direct';
    if (name !== undefined && !mine && !isDirect) this.call(from, name, { isTyped: false });
  }

  send(text: string): Promise<void> | void {
    const { room } = this.#page;
    const written = drafts.write(this.draft, text);
    if (written.edit !== undefined) return this.#sendEdit(written, written.edit);
    try {
      const { engine, store, notices } = getApp<ChahuaApp>();
      engine.sendText(room, text, drafts.addressed(written));
      // Who writes to somebody waits for an answer.
      if (store.state.rooms[room]?.kind === 'direct') void notices.ask('direct');
      this.#become(drafts.NOTHING);
      this.#page.toEnd();
    } catch (failure) {
      this.#become(written);
      say(sendFailureWords(failure));
    }
  }

  async sendPictures(source: 'album' | 'camera'): Promise<void> {
    const { engine, store } = getApp<ChahuaApp>();
    const most = store.state.limits?.file ?? Infinity;
    try {
      const { pictures, tooLarge } = await choosePictures(source, most);
      if (tooLarge > 0) say(words.chat.tooLargePicture(Math.floor(most / 1_048_576)));
      for (const picture of pictures) {
        const { reply } = this.draft;
        await engine.sendImage(this.#page.room, picture, reply === undefined ? {} : { reply });
        if (reply !== undefined) this.drop();
      }
      if (pictures.length > 0) this.#page.toEnd();
    } catch (failure) {
      if (!isCancel(failure)) say(sendFailureWords(failure));
    }
  }

  async #sendEdit(written: drafts.Draft, seq: number): Promise<void> {
    const { engine, store } = getApp<ChahuaApp>();
    const { room } = this.#page;
    const before = findSeq(store.state.chats[room]?.rows ?? [], seq)?.body['text'];
    this.#become(drafts.sent(written));
    if (written.text === before) return;
    try {
      await engine.edit(room, seq, written.text);
    } catch (failure) {
      say(words.chat.editFailed(sendFailureWords(failure)));
      this.#become(drafts.edit(this.draft, seq, written.text));
    }
  }

  /** The composer may show something else meanwhile: it empties itself when it sends. */
  #become(draft: drafts.Draft): void {
    this.draft = draft;
    this.#page.composer().show(draft.text);
    getApp<ChahuaApp>().engine.keepDraft(this.#page.room, draft);
    this.#page.changed();
  }
}

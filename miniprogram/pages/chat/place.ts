/**
 * Where in a chat its reader is: which rows are on the page, and whether the newest is in sight. Slides the window
 * over what is loaded, and has the engine load where that ends.
 */
import type { ChahuaApp, ChatView, Row } from '../../../typings/app';
import { indexOfSeq } from './chat-rows';
import { RowWindow } from './row-window';

export class Place {
  readonly window = new RowWindow();
  /** The end of the list is in sight, so what comes is followed, and read. */
  isAtEnd = true;
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
  }

  get rows(): readonly Row[] {
    return this.#chat?.rows ?? [];
  }

  find(key: string): Row | undefined {
    return this.rows.find((row) => row.key === key);
  }

  async older(): Promise<void> {
    const state = this.#chat?.older;
    if (this.window.up(this.rows) || !mayLoad(state)) return;
    try {
      await getApp<ChahuaApp>().engine.older(this.#room);
      this.window.up(this.rows);
    } catch {
      // `older: 'failed'` stands in the tree, and above the first row a way to try again.
    }
  }

  async newer(): Promise<void> {
    const state = this.#chat?.newer;
    if (this.window.down(this.rows) || !mayLoad(state)) return;
    try {
      await getApp<ChahuaApp>().engine.newer(this.#room);
      this.window.down(this.rows);
    } catch {
      // As above.
    }
  }

  toEnd(): void {
    getApp<ChahuaApp>().engine.toEnd(this.#room);
    this.window.toEnd(this.rows);
    this.isAtEnd = true;
  }

  /** Puts the message on the page. Gives its row; nothing where there is none. Rejects where it cannot be loaded. */
  async goTo(seq: number): Promise<Row | undefined> {
    await getApp<ChahuaApp>().engine.goTo(this.#room, seq);
    const { rows } = this;
    const index = Math.min(indexOfSeq(rows, seq), rows.length - 1);
    if (rows[index] && !this.window.holds(rows, index)) this.window.around(rows, index);
    return rows[index];
  }

  /** The message is among the uppermost on the page. */
  isAtTop(seq: number): boolean {
    const [top] = this.window.over(this.rows, this.isAtEnd);
    const index = indexOfSeq(this.rows, seq);
    return top !== undefined && index >= top.from && index < top.to;
  }

  get #chat(): ChatView | undefined {
    return getApp<ChahuaApp>().store.state.chats[this.#room];
  }
}

function mayLoad(state: 'unknown' | 'loading' | 'more' | 'none' | 'failed' | undefined): boolean {
  return state === 'more' || state === 'failed';
}

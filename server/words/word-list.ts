/**
 * The word list as this node has it. Read at the start and whenever the bus tells that it has changed; because the bus
 * may lose that, its version is looked at every few seconds. Until it was read once, nothing matches.
 */
import type { Bus, Clock, Undo, WordStore } from '../domain/ports.ts';
import { foldText } from './fold.ts';
import { type Match, Matcher } from './matcher.ts';

export interface WordListDeps {
  store: Pick<WordStore, 'words' | 'wordsVersion'>;
  bus: Pick<Bus, 'subscribe'>;
  clock: Pick<Clock, 'every'>;
  subject: string;
  onFault: (reason: unknown) => void;
}

const LOOK_EVERY_MS = 5_000;

export class WordList {
  readonly #deps: WordListDeps;
  #matcher = new Matcher([]);
  #version = 0;
  #reading: Promise<void> | null = null;

  constructor(deps: WordListDeps) {
    this.#deps = deps;
  }

  /** Follows the store until the undo. */
  watch(): Undo {
    const { bus, clock, subject, onFault } = this.#deps;
    let isOver = false;
    // What is under way when the server stops finds its store closed, and nobody need hear of that.
    const look = (): void => void this.refresh().catch((reason: unknown) => isOver || onFault(reason));
    const undos = [
      bus.subscribe(subject, (message) => {
        if (message.type === 'words') look();
      }),
      clock.every(LOOK_EVERY_MS, () => {
        // Ticks that piled up while the process stood still are one look.
        if (this.#reading === null) look();
      }),
    ];
    return () => {
      isOver = true;
      undos.forEach((undo) => undo());
    };
  }

  /** Resolves when the list is that of the store, as it was when this was asked. */
  async refresh(): Promise<void> {
    // What is being read now may be from before the change.
    while (this.#reading) await this.#reading.catch(() => undefined);
    this.#reading = this.#read().finally(() => (this.#reading = null));
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { store } = this.#deps;
    if ((await store.wordsVersion()) === this.#version) return;
    const { version, rules } = await store.words();
    this.#matcher = new Matcher(rules);
    this.#version = version;
  }

  screen(text: string): { action: 'pass' | 'flag' | 'block'; text: string } {
    return this.#matcher.screen(text);
  }

  /** Whether anything is left of a word when it is compared. */
  isComparable(word: string): boolean {
    return foldText(word) !== '';
  }

  find(text: string): Match[] {
    return this.#matcher.find(text);
  }
}

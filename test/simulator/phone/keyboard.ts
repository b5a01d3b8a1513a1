/**
 * The on-screen keyboard's stand-in: takes the room that a keyboard takes, tells its height, and has the two keys
 * that matter (confirm, put away); letters come from the real keyboard. With `adjust-position` it pushes the pages up
 * so far that the field is seen, else it covers what is there, and the app has to see to it.
 */
import { make } from './screen.ts';
import type { SystemWords } from './system-words.ts';
import { Listeners } from './wx/call.ts';

/** Px, with the safe area below it. */
export const KEYBOARD_HEIGHT = 290;

export interface Field {
  readonly element: HTMLElement;
  adjustsPosition(): boolean;
  /** What the key at the lower right does. */
  confirmKey(): string;
  confirm(): void;
  putAway(): void;
  heightChanged(height: number): void;
}

export class Keyboard {
  readonly changes = new Listeners<{ height: number }>();
  readonly #keys: HTMLElement;
  readonly #pages: HTMLElement;
  readonly #confirm = make('button', 'key confirm');
  #field: Field | null = null;

  readonly #words: SystemWords;

  /** @param pages what is pushed up */
  constructor(keys: HTMLElement, pages: HTMLElement, words: SystemWords) {
    this.#keys = keys;
    this.#pages = pages;
    this.#words = words;
    const hide = make('button', 'key hide', '⌄');
    hide.setAttribute('aria-label', words.hideKeyboard);
    const rows = [10, 9, 9].map((count) => {
      const row = make('div', 'row');
      row.append(...Array.from({ length: count }, () => make('span', 'key')));
      return row;
    });
    const last = make('div', 'row');
    last.append(hide, make('span', 'key space'), this.#confirm);
    keys.append(...rows, last);
    keys.hidden = true;
    keys.style.height = `${KEYBOARD_HEIGHT}px`;
    // A key is pressed without the field losing the focus.
    keys.addEventListener('pointerdown', (event) => event.preventDefault());
    keys.addEventListener('mousedown', (event) => event.preventDefault());
    hide.addEventListener('click', () => this.hide());
    this.#confirm.addEventListener('click', () => this.#field?.confirm());
  }

  get height(): number {
    return this.#field ? KEYBOARD_HEIGHT : 0;
  }

  open(field: Field): void {
    const before = this.height;
    this.#field = field;
    this.#keys.hidden = false;
    const keys: Record<string, string> = this.#words.keys;
    this.#confirm.textContent = keys[field.confirmKey()] ?? this.#words.keys.done;
    this.#push(field);
    field.heightChanged(KEYBOARD_HEIGHT);
    if (before === 0) this.changes.emit({ height: KEYBOARD_HEIGHT });
  }

  /** The field has lost the focus. Another may have got it already: then the keyboard is that one's. */
  close(field: Field): void {
    if (this.#field !== field) return;
    this.#field = null;
    this.#keys.hidden = true;
    this.#pages.style.transform = '';
    field.heightChanged(0);
    this.changes.emit({ height: 0 });
  }

  hide(): void {
    this.#field?.putAway();
  }

  #push(field: Field): void {
    this.#pages.style.transform = '';
    if (!field.adjustsPosition()) return;
    const overlap = field.element.getBoundingClientRect().bottom - (innerHeight - KEYBOARD_HEIGHT);
    if (overlap > 0) this.#pages.style.transform = `translateY(${-Math.ceil(overlap)}px)`;
  }
}

/**
 * What the phone lays over a page: toast, loading, modal, action sheet, subscription, pictures. One toast at a time, one dialog
 * over the other. Says what the person chose; never decides.
 */
import { make } from './screen.ts';
import type { SystemWords } from './system-words.ts';
import type { After } from './clock.ts';

export interface ModalWords {
  title: string;
  content: string;
  cancel: string;
  confirm: string;
  /** Of the field that an editable one has; undefined for none. */
  field?: string;
}

/** Shorter is a tap. */
const SWIPE_PX = 30;
const ICONS: Record<string, string> = { success: '✓', error: '✕', loading: '◌' };

export class Dialogs {
  readonly #over: HTMLElement;
  readonly #after: After;
  #toast: HTMLElement | null = null;
  #cancelToast: () => void = () => undefined;

  /** WeChat's own. */
  readonly words: SystemWords;

  constructor(over: HTMLElement, after: After, words: SystemWords) {
    this.#over = over;
    this.#after = after;
    this.words = words;
  }

  /** @param ms Infinity until it is hidden */
  toast(title: string, icon: string, ms: number): void {
    this.hideToast();
    const toast = make('div', `toast ${icon}`);
    toast.setAttribute('role', 'status');
    const sign = ICONS[icon];
    if (sign) toast.append(make('span', 'sign', sign));
    toast.append(make('span', 'words', title));
    this.#over.append(toast);
    this.#toast = toast;
    if (ms !== Infinity) this.#cancelToast = this.#after(ms, () => this.hideToast());
  }

  hideToast(): void {
    this.#cancelToast();
    this.#toast?.remove();
    this.#toast = null;
  }

  modal(words: ModalWords): Promise<{ confirmed: boolean; text: string }> {
    return new Promise((resolve) => {
      const box = make('div', 'modal');
      box.setAttribute('role', 'dialog');
      if (words.title) box.append(make('div', 'modal-title', words.title));
      if (words.content) box.append(make('div', 'modal-content', words.content));
      const field = make('input', 'modal-field');
      if (words.field !== undefined) {
        field.value = words.field;
        box.append(field);
      }
      const close = this.#cover(box);
      const choices = make('div', 'choices');
      const offer = (label: string, className: string, confirmed: boolean): void => {
        const button = make('button', className, label);
        button.addEventListener('click', () => {
          close();
          resolve({ confirmed, text: field.value });
        });
        choices.append(button);
      };
      if (words.cancel) offer(words.cancel, 'choice', false);
      offer(words.confirm, 'choice confirm', true);
      box.append(choices);
    });
  }

  /** The index of what was chosen; -1 where it was put away. */
  actionSheet(items: string[], title: string): Promise<number> {
    return new Promise((resolve) => {
      const sheet = make('div', 'sheet');
      sheet.setAttribute('role', 'dialog');
      if (title) sheet.append(make('div', 'sheet-title', title));
      const close = this.#cover(sheet, () => resolve(-1));
      [...items, this.words.cancel].forEach((label, index) => {
        const button = make('button', index === items.length ? 'sheet-item cancel' : 'sheet-item', label);
        button.addEventListener('click', () => {
          close();
          resolve(index === items.length ? -1 : index);
        });
        sheet.append(button);
      });
    });
  }

  /** A tap puts them away; a swipe or an arrow key shows the next one. */
  pictures(urls: string[], first: number): void {
    const image = make('img', 'whole-picture');
    image.alt = this.words.picture;
    image.draggable = false;
    const count = make('div', 'picture-count');
    const close = this.#cover(image, () => undefined);
    image.parentElement?.append(count);
    let current = first;
    const turn = (by: number): void => {
      current = Math.min(urls.length - 1, Math.max(0, current + by));
      image.src = urls[current] ?? '';
      count.textContent = urls.length > 1 ? `${current + 1} / ${urls.length}` : '';
    };
    turn(0);
    let from = 0;
    image.addEventListener('pointerdown', ({ clientX }) => (from = clientX));
    image.addEventListener('pointerup', ({ clientX }) => {
      if (Math.abs(clientX - from) < SWIPE_PX) close();
      else turn(clientX < from ? 1 : -1);
    });
  }

  /** WeChat's own question before messages outside the app; each template is taken or left by itself. */
  subscription(templates: string[]): Promise<{ taken: string[]; always: boolean }> {
    return new Promise((resolve) => {
      const sheet = make('div', 'sheet subscription');
      sheet.setAttribute('role', 'dialog');
      sheet.append(make('div', 'sheet-title', this.words.subscription));
      const boxes = [...templates, this.words.always].map((words, index) => {
        const label = make('label', 'subscription-item', words);
        const box = make('input', 'subscription-box');
        box.type = 'checkbox';
        box.checked = index < templates.length;
        label.prepend(box);
        sheet.append(label);
        return box;
      });
      const close = this.#cover(sheet);
      const choices = make('div', 'choices');
      const offer = (words: string, className: string, taken: () => string[]): void => {
        const button = make('button', className, words);
        button.addEventListener('click', () => {
          close();
          resolve({ taken: taken(), always: boxes.at(-1)?.checked === true });
        });
        choices.append(button);
      };
      offer(this.words.refuse, 'choice', () => []);
      offer(this.words.allow, 'choice confirm', () =>
        templates.filter((_, index) => boxes[index]?.checked === true),
      );
      sheet.append(choices);
    });
  }

  /** @param onAway what a tap beside it means; nothing where it must be answered */
  #cover(content: HTMLElement, onAway?: () => void): () => void {
    const cover = make('div', 'cover');
    cover.append(content);
    this.#over.append(cover);
    const close = (): void => cover.remove();
    cover.addEventListener('click', (event) => {
      if (event.target !== cover || !onAway) return;
      close();
      onAway();
    });
    return close;
  }
}

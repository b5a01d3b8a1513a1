/**
 * Pull-down refresh of a page that has it enabled: drag down at the very top, let go, and the page is asked to
 * refresh; the three dots stay until it says stop. By mouse or finger.
 */
import { make } from './screen.ts';

const ENOUGH_PX = 60;

export class PullDown {
  readonly #dots = make('div', 'pull-down', '• • •');
  readonly #refresh: (() => void) | undefined;
  #from: number | null = null;

  /** @param refresh undefined for a page that has it not enabled */
  constructor(scroller: HTMLElement, refresh: (() => void) | undefined) {
    this.#refresh = refresh;
    this.#dots.hidden = true;
    if (!refresh) return;
    scroller.prepend(this.#dots);
    scroller.addEventListener('pointerdown', (event) => {
      this.#from = scroller.scrollTop <= 0 ? event.clientY : null;
    });
    scroller.addEventListener('pointermove', (event) => {
      if (this.#from === null || event.clientY - this.#from < ENOUGH_PX) return;
      this.#from = null;
      this.start();
    });
    scroller.addEventListener('pointerup', () => (this.#from = null));
  }

  start(): void {
    if (!this.#refresh || !this.#dots.hidden) return;
    this.#dots.hidden = false;
    this.#refresh();
  }

  stop(): void {
    this.#dots.hidden = true;
  }
}

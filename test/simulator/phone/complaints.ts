/**
 * What the app asked for and this phone does not have: said once, by its name, in the console, and kept for the card
 * beside the phone. Nothing that is missing passes in silence.
 */
export class Complaints {
  readonly #said = new Set<string>();
  readonly #say: (words: string) => void;

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  /** In the order in which they were met. */
  get missing(): readonly string[] {
    return [...this.#said];
  }

  /** @param what as the app's author wrote it: `wx.scanCode`, `<picker mode="date">` */
  miss(what: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#say(`${what} is unknown to the preview (test/simulator/README.md)`);
  }
}

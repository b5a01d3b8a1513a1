/**
 * The calls that wait for consent, and the sheet that asks for it: the one on the page on top. Registers with the
 * platform once, when the first sheet comes. Every call that waits gets exactly one answer; if the page that asks is
 * left without one, it is a refusal. Nobody to ask is a refusal too: a call may not hang for ever.
 */
export type Decision = { event: 'agree'; buttonId: string } | { event: 'disagree' };
export type Decide = (decision: Decision) => void;

/** Something that can ask the person. */
export interface Asker {
  ask(isAsked: boolean): void;
}

export class Consent {
  readonly #register: (listener: (decide: Decide) => void) => void;
  #isRegistered = false;
  #waiting: Decide[] = [];
  #asker: Asker | null = null;

  constructor(register: (listener: (decide: Decide) => void) => void) {
    this.#register = register;
  }

  /** The page of this one is on top now. */
  front(asker: Asker): void {
    if (!this.#isRegistered) this.#register((decide) => this.#needed(decide));
    this.#isRegistered = true;
    if (this.#asker !== asker) this.#refuseAll();
    this.#asker = asker;
  }

  gone(asker: Asker): void {
    if (this.#asker !== asker) return;
    this.#refuseAll();
    this.#asker = null;
  }

  answer(decision: Decision): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#asker?.ask(false);
    for (const decide of waiting) decide(decision);
  }

  #needed(decide: Decide): void {
    if (!this.#asker) return decide({ event: 'disagree' });
    this.#waiting.push(decide);
    this.#asker.ask(true);
  }

  #refuseAll(): void {
    if (this.#waiting.length > 0) this.answer({ event: 'disagree' });
  }
}

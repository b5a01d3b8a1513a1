/**
 * A client of a crowd that loses its connection again and again, or whose server goes away, and that comes back as its
 * own library would: after a wait, and with a longer one where that failed. Owns when it was away; what is lost is
 * the crowd's to say.
 */
import type { Client } from './contender.ts';
import type { Crowd } from './crowd.ts';
import type { Target } from './part.ts';

export interface WandererDeps {
  crowd: Crowd;
  target: Target;
  /** In [0, 1). */
  random: () => number;
  /** It is back: `performance.now()` of when its server knew it again. */
  onBack: (index: number) => void;
}

/** A try that gets no answer is given up after this, as a library would; one that comes to something later is closed. */
const TRY_MS = 20_000;

export class Wanderer {
  readonly index: number;
  /** `performance.now()` of its last loss and of its last return; away while `backAt` is the smaller. */
  lostAt = 0;
  backAt = 0;
  /** Tries that failed. */
  failures = 0;
  /** Every time it was away; `backAt` undefined: still is. */
  readonly travels: { lostAt: number; backAt?: number }[] = [];
  readonly #deps: WandererDeps;
  #isDone = false;

  constructor(index: number, deps: WandererDeps) {
    this.index = index;
    this.#deps = deps;
  }

  get isAway(): boolean {
    return this.backAt < this.lostAt;
  }

  /** From now on a lost connection is something to come back from. */
  follow(): void {
    this.#watch(this.#client);
  }

  /** Tears the connection down; the first try comes after exactly `downMs`. */
  drop(downMs: number): void {
    if (this.isAway || this.#isDone) return;
    this.#client.reset();
    this.#away();
    setTimeout(() => void this.#comeBack(0), downMs);
  }

  /** Comes back no more. */
  finish(): void {
    this.#isDone = true;
  }

  get #client(): Client {
    return this.#deps.crowd.clients[this.index]!;
  }

  #watch(client: Client): void {
    client.onTrouble = (_, hintMs) => {
      if (this.isAway || this.#isDone) return;
      client.close();
      this.#away();
      this.#retry(0, hintMs);
    };
  }

  #away(): void {
    this.lostAt = performance.now();
    this.travels.push({ lostAt: this.lostAt });
  }

  #retry(attempt: number, hintMs: number | undefined): void {
    const { target, random } = this.#deps;
    const waitMs = target.contender.backoffMs(attempt, random(), hintMs);
    setTimeout(() => void this.#comeBack(attempt + 1), waitMs);
  }

  async #comeBack(attempt: number): Promise<void> {
    const { crowd, target, onBack } = this.#deps;
    if (this.#isDone) return;
    const trying = target.contender.resume(target.url, this.#client);
    try {
      const client = await inTime(trying);
      crowd.seat(client, this.index);
      this.#watch(client);
      this.backAt = performance.now();
      Object.assign(this.travels.at(-1)!, { backAt: this.backAt });
      onBack(this.index);
    } catch {
      trying.then(
        (late) => late.close(),
        () => undefined,
      );
      this.failures++;
      this.#retry(attempt, undefined);
    }
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer')), TRY_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

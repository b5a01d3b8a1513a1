/** A judge whose verdicts a test gives, now or when it wants to. */
import type { Inspector, Verdict } from '../../server/domain/ports.ts';

export type Asked = Parameters<Inspector['text']>[0];

export class FakeInspector implements Inspector {
  readonly asked: Asked[] = [];
  /** What is answered at once; null: the question waits for `answer`. */
  verdict: Verdict | null = { name: 'pass' };
  readonly #waiting: ((verdict: Verdict) => void)[] = [];

  text(asked: Asked): Promise<Verdict> {
    this.asked.push(asked);
    if (this.verdict) return Promise.resolve(this.verdict);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Answers the question of this number, from 0, among those that wait. */
  answer(verdict: Verdict, which = 0): void {
    this.#waiting.splice(which, 1)[0]?.(verdict);
  }
}

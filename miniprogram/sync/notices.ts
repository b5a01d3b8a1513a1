/**
 * Asks the person, within a tap, to be told of messages while they are away: WeChat's rule is one consent for one
 * notice. Owns when it is worth asking: not what the server does not offer, and not again for a while, which is longer
 * where the answer was no. What was accepted is told to the server; where that gets lost, one notice is.
 */
import type { Clock } from '../net/clock';
import type { Storage } from './storage';

export type NoticeKind = 'direct' | 'mention';
/** What WeChat says that the person said; `ban`: the template is not to be had any more, `filter`: nor this one. */
export type Consent = 'accept' | 'reject' | 'ban' | 'filter';

export interface NoticesPorts {
  /** Rejects where the platform would not ask. */
  ask: (templates: string[]) => Promise<Readonly<Record<string, string>>>;
  /** Tells the server which were accepted just now. */
  tell: (templates: string[]) => Promise<void>;
  storage: Storage;
  clock: Pick<Clock, 'now'>;
}

const HOUR_MS = 3_600_000;
/** Who said yes may say yes again the next day; who said no is left alone for long. */
const PAUSE_MS: Readonly<Record<Consent, number>> = {
  accept: 20 * HOUR_MS,
  reject: 7 * 24 * HOUR_MS,
  ban: 30 * 24 * HOUR_MS,
  filter: 30 * 24 * HOUR_MS,
};
const KEY = 'notices';

export class Notices {
  readonly #ports: NoticesPorts;
  #offered: Readonly<Partial<Record<NoticeKind, string>>> = {};
  #asking = false;

  constructor(ports: NoticesPorts) {
    this.#ports = ports;
  }

  /** As the hello says. */
  offered(templates: Readonly<Partial<Record<NoticeKind, string>>> = {}): void {
    this.#offered = templates;
  }

  /** To be called while a tap is handled, of what the person has just done. Never rejects. */
  async ask(kind: NoticeKind): Promise<void> {
    const template = this.#offered[kind];
    if (template === undefined || this.#asking || !this.#isDue(template)) return;
    this.#asking = true;
    try {
      const answers = await this.#ports.ask([template]);
      const answer = answers[template];
      if (isConsent(answer)) this.#keep(template, answer);
      if (answer === 'accept') await this.#ports.tell([template]);
    } catch {
      // The platform would not ask, or the server was not to be reached: there will be another tap.
    } finally {
      this.#asking = false;
    }
  }

  #isDue(template: string): boolean {
    const kept = this.#kept()[template];
    return kept === undefined || this.#ports.clock.now() - kept.at >= PAUSE_MS[kept.answer];
  }

  #keep(template: string, answer: Consent): void {
    const at = this.#ports.clock.now();
    this.#ports.storage.write(KEY, { ...this.#kept(), [template]: { answer, at } });
  }

  #kept(): Record<string, { answer: Consent; at: number }> {
    return (this.#ports.storage.read(KEY) ?? {}) as Record<string, { answer: Consent; at: number }>;
  }
}

function isConsent(answer: string | undefined): answer is Consent {
  return answer !== undefined && answer in PAUSE_MS;
}

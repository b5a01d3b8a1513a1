/**
 * How often one user may ask, over all their sockets of this node: a token bucket for sends (protocol §2), a roomier
 * one for everything else, and one for patience: who goes on after being told to wait is cut off.
 */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Clock } from '../domain/ports.ts';
import { Hangup, Refusal } from '../outcome.ts';
import { Buckets, type Rate } from './buckets.ts';
import type { Cost } from './call.ts';

type Kind = Cost | 'upload' | 'patience';

/** Requests that store nothing: far more than a phone makes, far less than a server minds. */
const READS: Rate = { perSecond: 200, burst: 1_000 };
/** Searches cost a hundred times what other reads do; a person types, and pages. */
const SEARCHES: Rate = { perSecond: 2, burst: 20 };
/** Uploads: a person who sends an album, not a script that fills a disk. */
const UPLOADS: Rate = { perSecond: 1, burst: 30 };
/** Reports: a person who is harassed, not one who buries the moderators. */
const REPORTS: Rate = { perSecond: 1 / 60, burst: 10 };
/** Refusals one gets before the socket is closed with 4429. */
const PATIENCE: Rate = { perSecond: 10, burst: 200 };
const NAMES: Record<Cost | 'upload', string> = {
  send: 'sends',
  read: 'requests',
  search: 'searches',
  report: 'reports',
  upload: 'uploads',
};
const FLOOD_PAUSE_MS = 5_000;

export class RateLimiter {
  readonly #buckets: Readonly<Record<Kind, Buckets>>;

  constructor(clock: Pick<Clock, 'monotonic'>, limits: Limits) {
    const of = (rate: Rate): Buckets => new Buckets(clock, rate);
    this.#buckets = {
      send: of(limits.sends),
      read: of(READS),
      search: of(SEARCHES),
      report: of(REPORTS),
      upload: of(UPLOADS),
      patience: of(PATIENCE),
    };
  }

  /** Buckets that are remembered. */
  get size(): number {
    return Object.values(this.#buckets).reduce((sum, { size }) => sum + size, 0);
  }

  /** Charges the user, or throws: Refusal RATE_LIMITED, and Hangup 4429 for who does not listen. */
  charge(user: UserId, cost: Cost): void {
    const wait = this.#buckets[cost].take(user);
    if (wait === 0) return;
    if (this.#buckets.patience.take(user) > 0) {
      throw new Hangup(CloseCode.FLOODING, 'too many requests after being asked to wait', FLOOD_PAUSE_MS);
    }
    throw this.#tooMany(cost, wait);
  }

  /** Over HTTP, where there is no socket to close. @throws Refusal RATE_LIMITED */
  chargeHttp(user: UserId, kind: 'upload' | 'send'): void {
    const wait = this.#buckets[kind].take(user);
    if (wait > 0) throw this.#tooMany(kind, wait);
  }

  #tooMany(kind: Cost | 'upload', wait: number): Refusal {
    const { perSecond, burst } = this.#buckets[kind].rate;
    const often = perSecond < 1 ? `${perSecond * 60} a minute` : `${perSecond} a second`;
    const message = `too many ${NAMES[kind]}: ${often}, ${burst} in a burst`;
    return new Refusal(ErrorCode.RATE_LIMITED, message, wait);
  }
}

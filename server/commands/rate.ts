/**
 * How often one user may ask, over all their sockets of this node: a token bucket for sends (protocol §2), a roomier
 * one for everything else, and one for patience: who goes on after being told to wait is cut off. Buckets that are
 * full again are forgotten, so only the busy take up memory.
 */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Clock } from '../domain/ports.ts';
import { Hangup, Refusal } from '../outcome.ts';
import type { Cost } from './call.ts';

interface Rate {
  perSecond: number;
  burst: number;
}

/** What is left in a bucket, and when that was, monotonic ms. */
interface Bucket {
  tokens: number;
  at: number;
}

type Kind = Cost | 'upload' | 'login' | 'patience';

/** Requests that store nothing: far more than a phone makes, far less than a server minds. */
const READS: Rate = { perSecond: 200, burst: 1_000 };
/** Searches cost a hundred times what other reads do; a person types, and pages. */
const SEARCHES: Rate = { perSecond: 2, burst: 20 };
/** Uploads: a person who sends an album, not a script that fills a disk. */
const UPLOADS: Rate = { perSecond: 1, burst: 30 };
/** Reports: a person who is harassed, not one who buries the moderators. */
const REPORTS: Rate = { perSecond: 1 / 60, burst: 10 };
/** Logins from one address: an office or a school behind one, not a script that makes up people. */
const LOGINS: Rate = { perSecond: 2, burst: 100 };
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
const SWEEP_ABOVE = 10_000;
/** One token, less what rounding may have taken: who waits as long as told has waited long enough. */
const WHOLE = 1 - 1e-9;

export class RateLimiter {
  readonly #clock: Clock;
  readonly #rates: Record<Kind, Rate>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#rates = {
      send: limits.sends,
      read: READS,
      search: SEARCHES,
      report: REPORTS,
      upload: UPLOADS,
      login: LOGINS,
      patience: PATIENCE,
    };
  }

  /** Buckets that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Charges the user, or throws: Refusal RATE_LIMITED, and Hangup 4429 for who does not listen. */
  charge(user: UserId, cost: Cost): void {
    const wait = this.#take(user, cost);
    if (wait === 0) return;
    if (this.#take(user, 'patience') > 0) {
      throw new Hangup(CloseCode.FLOODING, 'too many requests after being asked to wait', FLOOD_PAUSE_MS);
    }
    throw this.#tooMany(cost, wait);
  }

  /** Over HTTP, where there is no socket to close. @throws Refusal RATE_LIMITED */
  chargeHttp(user: UserId, kind: 'upload' | 'send'): void {
    const wait = this.#take(user, kind);
    if (wait > 0) throw this.#tooMany(kind, wait);
  }

  #tooMany(kind: Cost | 'upload', wait: number): Refusal {
    const { perSecond, burst } = this.#rates[kind];
    const often = perSecond < 1 ? `${perSecond * 60} a minute` : `${perSecond} a second`;
    const message = `too many ${NAMES[kind]}: ${often}, ${burst} in a burst`;
    return new Refusal(ErrorCode.RATE_LIMITED, message, wait);
  }

  /** @param household who asks, so far as an address tells. @throws Refusal RATE_LIMITED */
  chargeLogin(household: string): void {
    const wait = this.#take(household, 'login');
    if (wait === 0) return;
    throw new Refusal(ErrorCode.RATE_LIMITED, 'too many logins from this address; try again later', wait);
  }

  /** @returns 0 where a token was there, else the ms until there is one */
  #take(user: UserId, kind: Kind): number {
    const rate = this.#rates[kind];
    const key = `${kind} ${user}`;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= SWEEP_ABOVE) this.#sweep(now);
      this.#buckets.set(key, { tokens: rate.burst - 1, at: now });
      return 0;
    }
    bucket.tokens = filled(bucket, rate, now);
    bucket.at = now;
    if (bucket.tokens < WHOLE) return Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1000);
    bucket.tokens -= 1;
    return 0;
  }

  #sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      const rate = this.#rates[key.slice(0, key.indexOf(' ')) as Kind];
      if (filled(bucket, rate, now) >= rate.burst) this.#buckets.delete(key);
    }
  }
}

const filled = (bucket: Bucket, rate: Rate, now: number): number =>
  Math.min(rate.burst, bucket.tokens + ((now - bucket.at) / 1000) * rate.perSecond);

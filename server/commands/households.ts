/**
 * How much one address may have of this node, whoever is behind it: sockets at once, handshakes and logins a second. A
 * carrier, a school or WeChat itself puts thousands behind one, so the limits are far above what people need; they
 * keep a single machine from taking the room of all. Remembers nobody but who has a socket or was here just now.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Clock } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import { Buckets, type Rate } from './buckets.ts';

export interface HouseholdLimits {
  /** Open at once. */
  sockets: number;
  handshakes: Rate;
  logins: Rate;
}

/** What was refused, for the metrics. */
export type Refused = 'sockets' | 'handshakes' | 'logins';

/** `leave`: once, when the socket has ended. */
export type Entrance = { leave: () => void } | { retryAfterMs: number };

export interface HouseholdsDeps {
  clock: Pick<Clock, 'monotonic'>;
  limits: HouseholdLimits;
  onRefused: (what: Refused) => void;
}

/** When a place is free again nobody knows. */
const FULL_RETRY_MS = 30_000;

export class Households {
  readonly #limits: HouseholdLimits;
  readonly #onRefused: HouseholdsDeps['onRefused'];
  readonly #handshakes: Buckets;
  readonly #logins: Buckets;
  /** Those that have any. */
  readonly #sockets = new Map<string, number>();

  constructor({ clock, limits, onRefused }: HouseholdsDeps) {
    this.#limits = limits;
    this.#onRefused = onRefused;
    this.#handshakes = new Buckets(clock, limits.handshakes);
    this.#logins = new Buckets(clock, limits.logins);
  }

  /** How much is remembered. */
  get size(): number {
    return this.#sockets.size + this.#handshakes.size + this.#logins.size;
  }

  /** A handshake: one socket more, or how long to wait. */
  enter(household: string): Entrance {
    const retryAfterMs = this.#handshakes.take(household);
    if (retryAfterMs > 0) return this.#refused('handshakes', retryAfterMs);
    const open = this.#sockets.get(household) ?? 0;
    if (open >= this.#limits.sockets) return this.#refused('sockets', FULL_RETRY_MS);
    this.#sockets.set(household, open + 1);
    return { leave: () => this.#leave(household) };
  }

  /** @throws Refusal RATE_LIMITED */
  chargeLogin(household: string): void {
    const wait = this.#logins.take(household);
    if (wait === 0) return;
    this.#onRefused('logins');
    throw new Refusal(ErrorCode.RATE_LIMITED, 'too many logins from this address; try again later', wait);
  }

  #refused(what: Refused, retryAfterMs: number): Entrance {
    this.#onRefused(what);
    return { retryAfterMs };
  }

  #leave(household: string): void {
    const left = (this.#sockets.get(household) ?? 1) - 1;
    if (left > 0) this.#sockets.set(household, left);
    else this.#sockets.delete(household);
  }
}

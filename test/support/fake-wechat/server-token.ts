/**
 * stable_token: the same token again while it is good; a new one in its last five minutes, both good then; forced at
 * most 20 times a day and not within 30 s, the old one worth nothing at once.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html
 */
import { keepSecret } from '../secrets.ts';
import { APPID, SECRET } from './account.ts';
import { failure, type Answer, type ApiCall } from './answer.ts';
import { DAY_MS, MINUTE_MS, Quota } from './quota.ts';

const LIFE_MS = 7_200_000;
const HANDOVER_MS = 5 * MINUTE_MS;
const FORCE_EVERY_MS = 30_000;
const FORCED_A_DAY = 20;

interface Token {
  value: string;
  expires: number;
}

export class FakeServerToken {
  /** Every token ever given: none may turn up in a log. */
  readonly given: string[] = [];
  /** Calls that asked for a token, and those of them that forced one. */
  readonly asked = { all: 0, forced: 0 };
  readonly #now: () => number;
  readonly #forced: Quota;
  #current: Token | null = null;
  #previous: Token | null = null;
  #forcedAt = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
    this.#forced = new Quota({ most: FORCED_A_DAY, windowMs: DAY_MS, now });
  }

  answer({ body }: ApiCall): Answer {
    this.asked.all += 1;
    if (body['grant_type'] !== 'client_credential') return failure(40002, 'invalid grant_type');
    if (body['appid'] !== APPID) return failure(40013, 'invalid appid');
    if (body['secret'] !== SECRET) return failure(40125, 'invalid appsecret');
    if (body['force_refresh'] === true) {
      this.asked.forced += 1;
      if (!this.#forced.take()) return failure(45009, 'reach max api daily quota limit');
      return this.#told(this.#force());
    }
    return this.#told(this.#renewed());
  }

  /** What calls with this token are answered instead of being served, or null. */
  fault(value: string | null): Answer | null {
    const now = this.#now();
    if (value === this.#current?.value)
      return this.#current.expires > now ? null : failure(42001, 'access_token expired');
    if (value === this.#previous?.value && this.#previous.expires > now) return null;
    if (value !== null && this.given.includes(value)) return failure(42001, 'access_token expired');
    return failure(40001, 'invalid credential, access_token is invalid or not latest');
  }

  /** Somebody else (another program with the same AppSecret) has forced a new one: ours is worth nothing. */
  stolen(): void {
    this.#previous = null;
    this.#current = this.#fresh();
  }

  #renewed(): Token {
    const now = this.#now();
    if (this.#current && this.#current.expires - now > HANDOVER_MS) return this.#current;
    this.#previous = this.#current;
    return (this.#current = this.#fresh());
  }

  #force(): Token {
    const now = this.#now();
    if (this.#current && now - this.#forcedAt < FORCE_EVERY_MS) return this.#current;
    this.#forcedAt = now;
    this.#previous = null;
    return (this.#current = this.#fresh());
  }

  #fresh(): Token {
    const value = `SERVER-TOKEN-${this.given.length + 1}-${'x'.repeat(32)}`;
    this.given.push(value);
    keepSecret(value);
    return { value, expires: this.#now() + LIFE_MS };
  }

  #told({ value, expires }: Token): Answer {
    return { access_token: value, expires_in: Math.ceil((expires - this.#now()) / 1_000) };
  }
}

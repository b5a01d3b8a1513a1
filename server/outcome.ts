/**
 * The two ways in which the server says no. A Refusal answers one request and the person hears it; a Hangup ends
 * the connection. Anything else that is thrown is a bug: dispatch logs it and answers INTERNAL.
 */
import { type CloseCode, type ErrorBody, ErrorCode } from '../miniprogram/protocol/errors.ts';

type Sanctioned = Pick<ErrorBody, 'until' | 'reason'>;

export class Refusal extends Error {
  readonly code: ErrorCode;
  /** Milliseconds after which the same request may succeed. */
  readonly retryAfterMs: number | undefined;
  /** Of MUTED and BANNED: until when, absent where it does not end, and the moderator's words. */
  readonly sanction: Sanctioned;

  /** @param message one English sentence that names the field and the limit */
  constructor(code: ErrorCode, message: string, more?: number | (Sanctioned & { retryAfterMs?: number })) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    const { retryAfterMs, ...sanction } = typeof more === 'object' ? more : { retryAfterMs: more };
    this.retryAfterMs = retryAfterMs;
    this.sanction = sanction;
  }

  toBody(): ErrorBody {
    const { code, message, retryAfterMs, sanction } = this;
    return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }), ...sanction };
  }
}

/** Of tokens: the same words for every cause, so that they tell nothing of it. */
export function unauthorized(): Refusal {
  return new Refusal(ErrorCode.UNAUTHORIZED, 'The token is missing, invalid, expired or revoked.');
}

export class Hangup extends Error {
  readonly closeCode: CloseCode;
  readonly retryAfterMs: number | undefined;

  /** @param reason at most 123 bytes: it travels in the close frame */
  constructor(closeCode: CloseCode, reason: string, retryAfterMs?: number) {
    super(reason);
    this.name = 'Hangup';
    this.closeCode = closeCode;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Why something that a person asked for did not happen. Whoever shows it decides by `code` and has its own words. */
import type { ErrorBody, ErrorCode } from '../protocol/errors';

/** `OFFLINE`: it never left the phone, or the answer never came. `NO_FILE`: what was to be sent is not there any more. */
export type ChatErrorCode = ErrorCode | 'OFFLINE' | 'NO_FILE';

export type ErrorDetails = Partial<Pick<ErrorBody, 'retryAfterMs' | 'until' | 'reason'>>;

export class ChatError extends Error {
  readonly code: ChatErrorCode;
  /** Milliseconds after which the same may succeed. */
  readonly retryAfterMs: number | undefined;
  /** Of a mute or a ban: its end, and the moderator's words. */
  readonly until: number | undefined;
  readonly reason: string | undefined;

  constructor(code: ChatErrorCode, message: string, { retryAfterMs, until, reason }: ErrorDetails = {}) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.until = until;
    this.reason = reason;
  }

  static from(body: ErrorBody): ChatError {
    return new ChatError(body.code, body.message, body);
  }
}

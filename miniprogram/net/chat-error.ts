/** Why something that a person asked for did not happen. Whoever shows it decides by `code` and has its own words. */
import type { ErrorBody, ErrorCode } from '../protocol/errors';

/** `OFFLINE`: it never left the phone, or the answer never came. */
export type ChatErrorCode = ErrorCode | 'OFFLINE';

export class ChatError extends Error {
  readonly code: ChatErrorCode;
  /** Milliseconds after which the same may succeed. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ChatErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  static from(body: ErrorBody): ChatError {
    return new ChatError(body.code, body.message, body.retryAfterMs);
  }
}

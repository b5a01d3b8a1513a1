/**
 * The two closed lists of protocol §3 and §4: error codes answer a request, close codes end a socket. The client
 * decides by code alone; the message beside an error is an English sentence for whoever reads a log.
 */

export const ErrorCode = {
  BAD_REQUEST: 'BAD_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  /** A room one is not in and a room that does not exist are the same to the asker. */
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  TOO_LARGE: 'TOO_LARGE',
  RATE_LIMITED: 'RATE_LIMITED',
  MUTED: 'MUTED',
  BANNED: 'BANNED',
  CLOSED: 'CLOSED',
  BLOCKED_CONTENT: 'BLOCKED_CONTENT',
  UNAVAILABLE: 'UNAVAILABLE',
  TIMEOUT: 'TIMEOUT',
  INTERNAL: 'INTERNAL',
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

export interface ErrorBody {
  code: ErrorCode;
  message: string;
  /** Milliseconds after which the same request may succeed. */
  retryAfterMs?: number;
  /** Of MUTED and BANNED: ms since the Unix epoch; absent where it does not end by itself. */
  until?: number;
  /** Of MUTED and BANNED: the moderator's words. */
  reason?: string;
}

/** True where the same request, with the same `cid`, may succeed later; the others are final. */
export function isRetryable(code: string): boolean {
  return (
    code === ErrorCode.UNAVAILABLE ||
    code === ErrorCode.TIMEOUT ||
    code === ErrorCode.RATE_LIMITED ||
    code === ErrorCode.INTERNAL
  );
}

export const CloseCode = {
  RESTARTING: 1012,
  NOT_A_FRAME: 4400,
  UNAUTHORIZED: 4401,
  SILENT: 4408,
  TOO_SLOW: 4409,
  FLOODING: 4429,
  BANNED: 4501,
  TOO_MANY_SOCKETS: 4502,
  VERSION_GONE: 4503,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** The range says what to do: 4500–4999 stay away until the person acts; all else, known or not: come back. */
export function mayComeBack(closeCode: number): boolean {
  return closeCode < 4500 || closeCode > 4999;
}

/**
 * Pure: reads why something was refused. What rejects here is net's ChatError, but this folder does not import net,
 * so it is known by its shape.
 */
import { ErrorCode } from '../protocol/errors';

/** Asked for by somebody who is not signed in. */
export class NotSignedIn extends Error {
  readonly code = ErrorCode.UNAUTHORIZED;
}

/** Of a bug, too, which is then tried again as if the server had one. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'INTERNAL';
}

export function retryAfterOf(error: unknown): number | undefined {
  return detail(error, 'retryAfterMs');
}

/** When what stands in the way ends, by the clock. */
export function untilOf(error: unknown): number | undefined {
  return detail(error, 'until');
}

/** The moderator's words. */
export function reasonOf(error: unknown): string | undefined {
  const reason = (error as { reason?: unknown } | null)?.reason;
  return typeof reason === 'string' && reason !== '' ? reason : undefined;
}

function detail(error: unknown, name: 'retryAfterMs' | 'until'): number | undefined {
  const value = (error as Record<string, unknown> | null)?.[name];
  return typeof value === 'number' ? value : undefined;
}

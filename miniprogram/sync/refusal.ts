/**
 * Pure: reads why something was refused. What rejects here is net's ChatError, but this folder does not import net,
 * so it is known by its shape.
 */

/** Of a bug, too, which is then tried again as if the server had one. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'INTERNAL';
}

export function retryAfterOf(error: unknown): number | undefined {
  const ms = (error as { retryAfterMs?: unknown } | null)?.retryAfterMs;
  return typeof ms === 'number' ? ms : undefined;
}

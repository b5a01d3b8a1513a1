/**
 * Every secret that a test hands to a server or gets from one: tokens, the AppSecret, session keys, openids. Whoever
 * makes one keeps it here; whoever has run a server asks afterwards that its log holds none of them (S9, S28, S30).
 */
import assert from 'node:assert/strict';

const kept = new Set<string>();
/** Shorter ones are in a log by chance. */
const SHORTEST = 8;

export function keepSecret(...secrets: (string | undefined)[]): void {
  for (const secret of secrets) if (secret !== undefined && secret.length >= SHORTEST) kept.add(secret);
}

/** @param what whose text it is, such as `the log of the server` */
export function mustHoldNoSecret(what: string, text: string): void {
  const found = [...kept].filter((secret) => text.includes(secret));
  assert.deepEqual(found, [], `${what} holds what nobody may read there`);
}

/** What the client may cost. Each number is promised in docs/architecture.md; whoever passes one moves a wall, not the number. */

const KB = 1024;

export const LIMITS = {
  /** Of the main package, after WeChat's compilers. WeChat's own limit is 2 MB. */
  packageBytes: 400 * KB,
  /** `net`, `sync`, `store`, `protocol` in one minified script. */
  coreBytes: 60 * KB,
  /** One new message in a room with thousands. */
  messageBytes: 2 * KB,
  /** One page of history. */
  historyBytes: 30 * KB,
  /** What the view holds of a long chat: a window of about 100, and what is being added to it. */
  rows: 150,
  /** From the start of the app to a chat that one can read and write in, from the cache, without a network. */
  coldStartMs: 1_000,
} as const;

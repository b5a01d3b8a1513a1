/** Names a bug for a server process to start with; the checkers are to find it. */

export type Bug = 'doubled' | 'dropped' | 'hasty' | 'unsynced';

/** For ServerProcess: the file of the bug is loaded before the server, in its worker threads too. */
export function plant(bug: Bug): { NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import ${new URL(`./${bug}.ts`, import.meta.url).href}` };
}

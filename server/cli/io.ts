/**
 * What a command has of the world: where it reads and writes, who sits there, what time it is. Handed in, so that a
 * test is its own terminal.
 */
export interface Io {
  env: Readonly<Record<string, string | undefined>>;
  /** To stdout: what was asked for, and nothing else. */
  out(text: string): void;
  /** To stderr: questions, progress, errors. */
  err(text: string): void;
  /** Whether a person sits there. */
  terminal: { in: boolean; out: boolean; err: boolean };
  /** Width of stdout in columns. */
  columns(): number;
  /** One line from the person, without its end; null at the end of input. Asked only where `terminal.in`. */
  readLine(question: string): Promise<string | null>;
  now(): number;
  /** Resolves after `ms`, or at once when interrupted. */
  sleep(ms: number): Promise<void>;
  /** Ctrl-C. */
  interrupted: AbortSignal;
  fetch: typeof fetch;
}

/** How a command ends: the codes of the manual, and the error that carries one. */

export const Exit = {
  DONE: 0,
  REFUSED: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  NOT_ALLOWED: 4,
  NOT_REACHABLE: 5,
  /** Ctrl-C, as shells have it: 128 + SIGINT. */
  INTERRUPTED: 130,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** Ends the command: `message` goes to stderr, without a stack. */
export class Failure extends Error {
  readonly code: Exit;

  constructor(code: Exit, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }
}

/** A terminal for the command line's tests: runs it within the test's process and keeps what it prints. */
import { systemClock } from '../../server/clock.ts';
import type { Local } from '../../server/cli/context.ts';
import type { Io } from '../../server/cli/io.ts';
import { run } from '../../server/cli/program.ts';
import { adminOf, type Administered } from '../support/admin.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface TerminalOptions {
  env?: Record<string, string>;
  /** What the person answers when asked; absent: nobody sits there. */
  answer?: string;
  /** Whether stdout and stderr are a terminal. */
  seen?: boolean;
  columns?: number;
  local?: Partial<Local>;
}

export class Terminal {
  readonly #options: TerminalOptions;
  readonly interrupt = new AbortController();
  out = '';
  err = '';
  readonly questions: string[] = [];
  /** Called at each turn of `--follow`, instead of waiting. */
  onSleep: () => void = () => undefined;

  constructor(options: TerminalOptions = {}) {
    this.#options = options;
  }

  async run(...args: string[]): Promise<Ran> {
    this.out = '';
    this.err = '';
    const code = await run({ io: this.#io(), local: this.#local() }, args);
    return { code, out: this.out, err: this.err };
  }

  #io(): Io {
    const { env = {}, answer, seen = false, columns = 100 } = this.#options;
    return {
      env,
      out: (text) => void (this.out += text),
      err: (text) => void (this.err += text),
      terminal: { in: answer !== undefined, out: seen, err: seen },
      columns: () => columns,
      readLine: (question) => {
        this.questions.push(question);
        return Promise.resolve(answer ?? null);
      },
      now: () => systemClock.now(),
      sleep: () => {
        this.onSleep();
        return new Promise((resolve) => setImmediate(resolve));
      },
      interrupted: this.interrupt.signal,
      fetch,
    };
  }

  #local(): Local {
    const never = (): never => {
      throw new Error('not asked here');
    };
    return {
      configFaults: () => [],
      config: never,
      adminUrl: () => 'http://127.0.0.1:1',
      operatorToken: () => null,
      openStore: never,
      ...this.#options.local,
    };
  }
}

/** As somebody with an operator's token, at this server. */
export function at(server: Administered, options: TerminalOptions = {}): Terminal {
  const { token } = adminOf(server);
  return new Terminal({
    ...options,
    env: { CHAHUA_SERVER: server.adminUrl, CHAHUA_TOKEN: token, ...options.env },
  });
}

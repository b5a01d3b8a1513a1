/** The admin API as the command line calls it; what comes back as an error becomes a Failure with its exit status. */
import { Exit, Failure } from './exit.ts';
import type { Io } from './io.ts';

export interface Where {
  /** Without a slash at its end. */
  server: string;
  token: string;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** As the server says it (edge/http.ts) where it serves no such path: the public listener, or a server of another age. */
const UNKNOWN_PATH = 'There is nothing at this path.';
const DEADLINE_MS = 30_000;
const BY_STATUS: Readonly<Record<number, Exit>> = {
  400: Exit.USAGE,
  401: Exit.NOT_ALLOWED,
  403: Exit.NOT_ALLOWED,
  404: Exit.NOT_FOUND,
};

export class Client {
  readonly #where: Where;
  readonly #io: Io;

  constructor(where: Where, io: Io) {
    this.#where = where;
    this.#io = io;
  }

  get<T>(path: string, query: Query = {}): Promise<T> {
    const named = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) named.set(name, String(value));
    const text = named.toString();
    return this.#call<T>('GET', text === '' ? path : `${path}?${text}`);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#call<T>('POST', path, body);
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const { server, token } = this.#where;
    const signal = AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), this.#io.interrupted]);
    let response: Response;
    let text: string;
    try {
      response = await this.#io.fetch(`${server}/admin/v1${path}`, {
        method,
        signal,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (reason) {
      if (this.#io.interrupted.aborted) throw new Failure(Exit.INTERRUPTED, 'interrupted');
      throw new Failure(Exit.NOT_REACHABLE, `no server answers at ${server}${why(reason)}`);
    }
    const answer = parsed(text);
    if (response.ok && answer !== null) return answer as T;
    const error = (answer as { error?: { message?: string } } | null)?.error;
    if (error?.message === UNKNOWN_PATH) {
      throw new Failure(
        Exit.NOT_REACHABLE,
        `what answers at ${server} has no admin API: it may be the address for people; the admin listener has a port of its own (ADMIN_PORT)`,
      );
    }
    if (error?.message === undefined) {
      throw new Failure(Exit.NOT_REACHABLE, `what answers at ${server} is no admin listener of Chahua`);
    }
    throw new Failure(BY_STATUS[response.status] ?? Exit.REFUSED, error.message);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function why(reason: unknown): string {
  const cause = reason instanceof Error ? reason.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return ` (${String(cause.code)})`;
  return reason instanceof Error && reason.name === 'TimeoutError' ? ` within ${DEADLINE_MS / 1_000} s` : '';
}

/** For a part of a path. */
export const segment = (text: string): string => encodeURIComponent(text);

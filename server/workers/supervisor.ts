/**
 * Keeps the processes of one machine running: the hub first, then the workers. A process that ends is started again,
 * after a pause that doubles while it keeps ending and is forgotten once it has lived. Where one does not come up at
 * the very start, nothing is started: the configuration is wrong and says so itself. Stopping goes the other way
 * round, within a bound, after which what is left is killed.
 */
import type { Clock, Undo } from '../domain/ports.ts';

/** A process, as the supervisor needs it. */
export interface Child {
  /** Asks it to end in order. */
  stop(): void;
  kill(): void;
}

export interface ChildEvents {
  /** It serves. */
  onReady: (about: Ready) => void;
  /** It has ended; null after a signal. */
  onExit: (code: number | null) => void;
}

/** What a worker says of itself; the hub says nothing. */
export interface Ready {
  url?: string;
  admin?: string;
}

export interface SupervisorDeps {
  /** `hub`, or the number of a worker, from 1. */
  start: (name: string, events: ChildEvents) => Child;
  workers: number;
  clock: Clock;
  log: {
    info(message: string, fields?: Record<string, unknown>): void;
    warn(message: string, fields?: Record<string, unknown>): void;
  };
}

export const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30_000;
/** Whoever has lived this long is well: the next pause is the first again. */
export const WELL_MS = 30_000;
/** Workers get this long to say goodbye, the hub the rest of ten seconds to close the store. */
export const STOP_MS = 8_500;

interface Post {
  name: string;
  child: Child | null;
  /** Ends in a row without having been well. */
  failures: number;
  /** Monotonic ms. */
  since: number;
  undo: Undo;
  onReady: (about: Ready) => void;
  onExit: (code: number | null) => void;
}

export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #posts: Post[] = [];
  #isStopping = false;
  /** How the processes ended while stopping. */
  #isClean = true;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** Resolves with what the first worker said when all serve; rejects where one ended before it did. */
  async start(): Promise<Ready> {
    await this.#begin('hub');
    const names = Array.from({ length: this.#deps.workers }, (_, i) => String(i + 1));
    const [first = {}] = await Promise.all(names.map((name) => this.#begin(name)));
    return first;
  }

  /** @returns whether all ended by themselves, and well */
  async stop(): Promise<boolean> {
    this.#isStopping = true;
    for (const post of this.#posts) post.undo();
    const [hub, ...workers] = this.#posts;
    await Promise.all(workers.map((post) => this.#end(post)));
    if (hub) await this.#end(hub);
    return this.#isClean;
  }

  #begin(name: string): Promise<Ready> {
    const post: Post = {
      name,
      child: null,
      failures: 0,
      since: 0,
      undo: () => undefined,
      onReady: () => undefined,
      onExit: () => undefined,
    };
    this.#posts.push(post);
    return new Promise((resolve, reject) => {
      post.onReady = resolve;
      post.onExit = (code) => reject(new Error(`${title(name)} ended with code ${code} before it served`));
      this.#run(post);
    });
  }

  #run(post: Post): void {
    const { start, clock } = this.#deps;
    post.since = clock.monotonic();
    let isReady = false;
    post.child = start(post.name, {
      onReady: (about) => {
        isReady = true;
        post.onReady(about);
        post.onReady = () => undefined;
      },
      onExit: (code) => {
        post.child = null;
        const wasFirst = !isReady && post.failures === 0;
        const { onExit } = post;
        post.onExit = () => undefined;
        onExit(code);
        if (this.#isStopping) this.#isClean &&= code === 0;
        // Who never came up at the start is not tried again: `start` has rejected.
        else if (!wasFirst) this.#again(post, code);
      },
    });
  }

  #again(post: Post, code: number | null): void {
    const { clock, log } = this.#deps;
    if (clock.monotonic() - post.since >= WELL_MS) post.failures = 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** post.failures);
    post.failures += 1;
    log.warn('a process ended and is started again', { process: title(post.name), code, pauseMs });
    post.undo = clock.after(pauseMs, () => this.#run(post));
  }

  async #end(post: Post): Promise<void> {
    const { child } = post;
    if (!child) return;
    const { clock, log } = this.#deps;
    const gone = new Promise<void>((resolve) => (post.onExit = () => resolve()));
    const undo = clock.after(post.name === 'hub' ? 10_000 - STOP_MS : STOP_MS, () => {
      log.warn('a process did not end in time and is killed', { process: title(post.name) });
      this.#isClean = false;
      child.kill();
    });
    child.stop();
    await gone;
    undo();
  }
}

const title = (name: string): string => (name === 'hub' ? 'the hub' : `worker ${name}`);

/**
 * What the workers of one machine share: it owns the embedded store, where there is one, and runs their calls; hands
 * on the texts of their bus to those who follow the subject, never back to the sender; and gathers their figures. It
 * is a process of its own, so nothing that a client does can reach it but through a worker. Whoever can open the
 * socket can read everything: it lies in a folder that is the operator's alone.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Store } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import { type Failure, type FromHub, Line, type ToHub } from './line.ts';

export interface HubDeps {
  /** Path of the unix socket. */
  path: string;
  /** Null: the workers have a store of their own. */
  store: Store | null;
  clock: { after(ms: number, run: () => void): () => void };
}

export interface Hub {
  /** Hangs up on the workers; the store is its owner's to close. */
  close(): Promise<void>;
}

/** Methods of the port that a worker must not call from afar. */
const OWN = new Set(['close', 'epoch']);
/** Workers that have not told their figures by then are left out. */
const GATHER_MS = 1_000;

type Worker = Line<FromHub, ToHub>;

interface Gathering {
  missing: Set<Worker>;
  figures: unknown[];
  finish: () => void;
}

export function openHub({ path, store, clock }: HubDeps): Promise<Hub> {
  const workers = new Map<Worker, Socket>();
  const followers = new Map<string, Set<Worker>>();
  const gatherings = new Map<number, Gathering>();
  let rounds = 0;

  function welcome(socket: Socket): void {
    const worker: Worker = new Line(socket, (message) => hear(worker, message));
    workers.set(worker, socket);
    // Its end comes as `close`.
    socket.on('error', () => undefined);
    socket.on('close', () => forget(worker));
    worker.send({ type: 'hello', epoch: store?.epoch ?? null });
  }

  function forget(worker: Worker): void {
    workers.delete(worker);
    for (const [subject, listening] of followers) {
      if (listening.delete(worker) && listening.size === 0) followers.delete(subject);
    }
    for (const gathering of gatherings.values()) tell(gathering, worker);
  }

  function hear(worker: Worker, message: ToHub): void {
    switch (message.type) {
      case 'call':
        void run(worker, message);
        return;
      case 'follow': {
        const listening = followers.get(message.subject) ?? new Set();
        followers.set(message.subject, listening.add(worker));
        return;
      }
      case 'unfollow':
        followers.get(message.subject)?.delete(worker);
        if (followers.get(message.subject)?.size === 0) followers.delete(message.subject);
        return;
      case 'text':
        for (const listener of followers.get(message.subject) ?? []) {
          // It finds what it misses in the store.
          if (listener !== worker && !listener.isFull) listener.send(message);
        }
        return;
      case 'ping':
        worker.send({ type: 'done', id: message.id });
        return;
      case 'gather':
        gather(worker, message.id);
        return;
      case 'figures': {
        const gathering = gatherings.get(message.round);
        if (gathering) tell(gathering, worker, message.figures);
      }
    }
  }

  async function run(worker: Worker, { id, method, args }: Extract<ToHub, { type: 'call' }>): Promise<void> {
    try {
      worker.send({ type: 'done', id, value: await invoke(method, args) });
    } catch (reason) {
      worker.send({ type: 'failed', id, failure: failureOf(reason) });
    }
  }

  async function invoke(method: string, args: unknown[]): Promise<unknown> {
    const found: unknown =
      store && Object.hasOwn(store, method) && !OWN.has(method) ? store[method as keyof Store] : undefined;
    if (typeof found !== 'function') throw new Error(`the hub has no store with a method ${method}`);
    return (found as (...args: unknown[]) => Promise<unknown>)(...args);
  }

  function gather(asker: Worker, id: number): void {
    const round = (rounds += 1);
    const missing = new Set([...workers.keys()].filter((worker) => worker !== asker));
    const undo = clock.after(GATHER_MS, () => gathering.finish());
    const gathering: Gathering = {
      missing,
      figures: [],
      finish: () => {
        undo();
        if (gatherings.delete(round)) asker.send({ type: 'done', id, value: gathering.figures });
      },
    };
    gatherings.set(round, gathering);
    for (const worker of missing) worker.send({ type: 'figures?', round });
    if (missing.size === 0) gathering.finish();
  }

  function tell(gathering: Gathering, worker: Worker, figures?: unknown): void {
    if (!gathering.missing.delete(worker)) return;
    if (figures !== undefined) gathering.figures.push(figures);
    if (gathering.missing.size === 0) gathering.finish();
  }

  function close(server: Server): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of workers.values()) socket.destroy();
    });
  }

  return new Promise((resolve, reject) => {
    const server = createServer(welcome);
    server.once('error', reject);
    server.listen(path, () => resolve({ close: () => close(server) }));
  });
}

function failureOf(reason: unknown): Failure {
  if (reason instanceof Refusal) return { refusal: reason.toBody() };
  const { message, stack } = reason instanceof Error ? reason : new Error(String(reason));
  return { bug: { message, ...(stack !== undefined && { stack }) } };
}

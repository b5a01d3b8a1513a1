/**
 * The bus of a single node: a message is with every listener before `publish` returns. It loses nothing, doubles
 * nothing and keeps the order.
 */
import type { Bus, BusMessage, Undo } from '../domain/ports.ts';

type Listener = (message: BusMessage) => void;

export class LocalBus implements Bus {
  readonly #listeners = new Map<string, Set<Listener>>();

  publish(subject: string, message: BusMessage): void {
    const listeners = this.#listeners.get(subject);
    if (!listeners) return;
    // A listener may subscribe or leave while it hears; those present now are the audience.
    for (const listener of [...listeners]) listener(message);
  }

  subscribe(subject: string, listener: Listener): Undo {
    let listeners = this.#listeners.get(subject);
    if (!listeners) this.#listeners.set(subject, (listeners = new Set()));
    // A wrapper of its own, so that the same function may listen twice and each undo ends its own.
    const own: Listener = (message) => listener(message);
    listeners.add(own);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(subject) === listeners) this.#listeners.delete(subject);
    };
  }

  readonly isAlone = true;
  readonly isAway = false;

  /** It is never away. */
  onReturn(): Undo {
    return () => undefined;
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}

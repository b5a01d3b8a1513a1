/**
 * The bus of a node that has others beside it. What is published is with this node's own listeners before `publish`
 * returns, as on a bus in memory, and goes to the others over a link; what the link brings is checked and handed on.
 * So a node whose link is down still serves those who are on it. Each subject is followed over the link once,
 * however many listen to it here.
 */
import type { Bus, BusMessage, Undo } from '../domain/ports.ts';
import { decode, encode } from './codec.ts';
import { LocalBus } from './local.ts';

/** What carries texts to the other nodes, and never back to the sender. */
export interface Link {
  /** Texts of more bytes cannot be sent. */
  readonly maxBytes: number;
  readonly isUp: boolean;
  /** Drops the text where the link is down or has more waiting than it may hold. */
  send(subject: string, text: string): void;
  /** Texts of the subject are handed to `LinkEvents.onText` from now on, also after the link was down. */
  follow(subject: string): void;
  unfollow(subject: string): void;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What a link tells the bus. */
export interface LinkEvents {
  onText: (subject: string, text: string) => void;
  /** It is up again, and follows what it followed. */
  onReturn: () => void;
}

export interface LinkedBusDeps {
  open: (events: LinkEvents) => Link;
  /** For the metrics: messages to and from other nodes, and those that were of no known kind or too large. */
  onMessage?: (direction: 'in' | 'out' | 'dropped') => void;
}

export class LinkedBus implements Bus {
  readonly isAlone = false;
  readonly #local = new LocalBus();
  readonly #link: Link;
  readonly #onMessage: (direction: 'in' | 'out' | 'dropped') => void;
  /** How many listen to each subject here. */
  readonly #followed = new Map<string, number>();
  readonly #onReturn = new Set<() => void>();
  #isClosed = false;

  constructor({ open, onMessage = () => undefined }: LinkedBusDeps) {
    this.#onMessage = onMessage;
    this.#link = open({
      onText: (subject, text) => this.#hear(subject, text),
      onReturn: () => {
        for (const listener of [...this.#onReturn]) listener();
      },
    });
  }

  get isAway(): boolean {
    return !this.#link.isUp;
  }

  publish(subject: string, message: BusMessage): void {
    if (this.#isClosed) return;
    this.#local.publish(subject, message);
    const texts = encode(message, this.#link.maxBytes);
    if (texts.length === 0) this.#onMessage('dropped');
    for (const text of texts) {
      this.#link.send(subject, text);
      this.#onMessage('out');
    }
  }

  subscribe(subject: string, listener: (message: BusMessage) => void): Undo {
    const undo = this.#local.subscribe(subject, listener);
    const before = this.#followed.get(subject) ?? 0;
    this.#followed.set(subject, before + 1);
    if (before === 0) this.#link.follow(subject);
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      undo();
      const left = (this.#followed.get(subject) ?? 1) - 1;
      if (left > 0) {
        this.#followed.set(subject, left);
        return;
      }
      this.#followed.delete(subject);
      if (!this.#isClosed) this.#link.unfollow(subject);
    };
  }

  onReturn(listener: () => void): Undo {
    const own = (): void => listener();
    this.#onReturn.add(own);
    return () => void this.#onReturn.delete(own);
  }

  ping(): Promise<void> {
    return this.#link.ping();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onReturn.clear();
    await this.#local.close();
    await this.#link.close();
  }

  #hear(subject: string, text: string): void {
    if (this.#isClosed) return;
    const message = decode(text);
    this.#onMessage(message ? 'in' : 'dropped');
    if (message) this.#local.publish(subject, message);
  }
}

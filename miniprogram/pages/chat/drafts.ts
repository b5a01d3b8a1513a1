/**
 * Texts begun and not sent, by room, over restarts of the app. Bounded: so many rooms, those written in last; a
 * draft longer than a key can bear is not kept. A storage that refuses costs the draft and nothing else.
 */
export type Draft = readonly [room: string, text: string];

export interface DraftStorage {
  /** Anything where it was never set. */
  get(key: string): unknown;
  set(key: string, value: Draft[]): void;
}

export const MOST_DRAFTS = 30;
/** In UTF-16 units; all drafts together stay below WeChat's 1 MB a key. */
export const LONGEST_DRAFT = 8_000;

export class Drafts {
  readonly #storage: DraftStorage;
  readonly #key: string;

  /** @param user drafts of one person are not shown to the next on the same phone */
  constructor(storage: DraftStorage, user: string) {
    this.#storage = storage;
    this.#key = `drafts-${user}`;
  }

  read(room: string): string {
    return new Map(this.#all()).get(room) ?? '';
  }

  /** An empty text takes the draft away. */
  keep(room: string, text: string): void {
    const all = this.#all();
    const others = all.filter(([id]) => id !== room);
    const worthKeeping = text !== '' && text.length <= LONGEST_DRAFT;
    if (!worthKeeping && others.length === all.length) return;
    const kept: Draft[] = worthKeeping ? [...others, [room, text]] : others;
    try {
      this.#storage.set(this.#key, kept.slice(-MOST_DRAFTS));
    } catch {
      // The phone's storage is full: messages come first, and the bar above says so.
    }
  }

  #all(): Draft[] {
    const stored = this.#storage.get(this.#key);
    return Array.isArray(stored) ? stored.filter(isDraft) : [];
  }
}

function isDraft(value: unknown): value is Draft {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string';
}

/**
 * A phone's storage: outlives the app, holds JSON, and refuses what is too much: 1 MB a key, and in all what the test
 * allows. The system may empty it.
 */

const MOST_PER_KEY = 1_048_576;
const MOST_IN_ALL = 10 * MOST_PER_KEY;

export class FakeStorage {
  /** In all, in bytes. */
  limit = MOST_IN_ALL;
  /** Calls of set: each blocks a phone. */
  writes = 0;
  /** Keys that were read, in order. */
  readonly reads: string[] = [];
  readonly #values = new Map<string, string>();

  get size(): number {
    return [...this.#values].reduce((sum, [key, value]) => sum + key.length + Buffer.byteLength(value), 0);
  }

  get keys(): string[] {
    return [...this.#values.keys()];
  }

  get(key: string): unknown {
    this.reads.push(key);
    const value = this.#values.get(key);
    return value === undefined ? '' : JSON.parse(value);
  }

  set(key: string, value: unknown): void {
    this.writes += 1;
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    const replaced = this.#values.get(key);
    const others = this.size - (replaced === undefined ? 0 : key.length + Buffer.byteLength(replaced));
    if (bytes > MOST_PER_KEY || others + key.length + bytes > this.limit) {
      throw new Error('setStorageSync:fail exceed max size');
    }
    this.#values.set(key, text);
  }

  remove(key: string): void {
    this.#values.delete(key);
  }

  empty(): void {
    this.#values.clear();
  }

  info(): { keys: string[]; currentSize: number; limitSize: number } {
    return { keys: this.keys, currentSize: Math.ceil(this.size / 1024), limitSize: this.limit / 1024 };
  }
}

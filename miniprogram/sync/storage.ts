/**
 * What outlives the app: a small synchronous store of JSON values. On a phone 1 MB a key and 10 MB in all, each call
 * blocks, and the system may clear it at any time: so writes are few, and nobody counts on finding what was written.
 */

export interface Storage {
  /** Null where there is nothing, or nothing readable. */
  read(key: string): unknown;
  /** False where the phone refuses; the old value then stays. Never throws. */
  write(key: string, value: object): boolean;
  remove(key: string): void;
  keys(): string[];
}

/** A storage that makes room when it is full: `evict` gives up one thing that can be had again, or returns false. */
export function evicting(storage: Storage, evict: () => boolean): Storage {
  return {
    read: (key) => storage.read(key),
    write(key, value) {
      while (!storage.write(key, value)) {
        if (!evict()) return false;
      }
      return true;
    },
    remove: (key) => storage.remove(key),
    keys: () => storage.keys(),
  };
}

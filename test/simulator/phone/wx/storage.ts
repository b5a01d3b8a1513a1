/**
 * `wx`'s storage: 1 MB a key, 10 MB in all, counted as WeChat does, by the UTF-8 of key and JSON. Kept in what the
 * browser keeps for this phone's user, so it outlives the app; `fill` takes the room that is left, as other data
 * does on a full phone. Values come back as copies. Refuses by throwing `errMsg`s that WeChat writes.
 */
import { sizeOf } from '../meter.ts';
import { text, WxFailure, type WxFunction, type WxPart, type Work } from './call.ts';

/** Of the browser's localStorage: what is used. */
export interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export const KEY_LIMIT = 1024 * 1024;
export const LIMIT = 10 * 1024 * 1024;

export class PhoneStorage {
  readonly #shelf: Shelf;
  readonly #prefix: string;
  /** Bytes that something else has taken. */
  #ballast = 0;

  /** @param owner whose phone it is: no phone reads another's */
  constructor(shelf: Shelf, owner: string) {
    this.#shelf = shelf;
    this.#prefix = `chahua-preview/${owner}/`;
  }

  get used(): number {
    return this.keys().reduce((sum, key) => sum + this.#sizeOf(key), this.#ballast);
  }

  keys(): string[] {
    const all = Array.from({ length: this.#shelf.length }, (_, index) => this.#shelf.key(index) ?? '');
    return all.filter((key) => key.startsWith(this.#prefix)).map((key) => key.slice(this.#prefix.length));
  }

  /** Undefined where there is nothing. */
  read(key: string): unknown {
    const stored = this.#shelf.getItem(this.#prefix + key);
    return stored === null ? undefined : (JSON.parse(stored) as { data: unknown }).data;
  }

  write(key: string, data: unknown): void {
    const stored = JSON.stringify({ data });
    const size = sizeOf(key) + sizeOf(stored);
    if (size > KEY_LIMIT) throw new WxFailure('entry size limit reached');
    if (this.used - this.#sizeOf(key) + size > LIMIT) throw new WxFailure('exceed storage max size 10Mb');
    try {
      this.#shelf.setItem(this.#prefix + key, stored);
    } catch {
      // The browser gives all phones of a page 5 million characters together, which is less than WeChat gives one.
      throw new WxFailure('exceed storage max size (of this browser)');
    }
  }

  remove(key: string): void {
    this.#shelf.removeItem(this.#prefix + key);
  }

  clear(): void {
    for (const key of this.keys()) this.remove(key);
  }

  /** What is left is taken: from now on nothing fits but in the place of something else. */
  fill(): void {
    this.#ballast += Math.max(0, LIMIT - this.used);
  }

  empty(): void {
    this.#ballast = 0;
  }

  get isFilled(): boolean {
    return this.#ballast > 0;
  }

  #sizeOf(key: string): number {
    const stored = this.#shelf.getItem(this.#prefix + key);
    return stored === null ? 0 : sizeOf(key) + sizeOf(stored);
  }
}

export function createStorageApi(
  storage: PhoneStorage,
  call: (name: string, work: Work) => WxFunction,
): WxPart {
  const info = (): object => ({
    keys: storage.keys(),
    currentSize: Math.ceil(storage.used / 1024),
    limitSize: LIMIT / 1024,
  });
  const sync = (name: string, work: () => void): void => {
    try {
      work();
    } catch (failure) {
      throw Object.assign(new Error(`${name}:fail ${failure instanceof Error ? failure.message : ''}`), {
        errMsg: `${name}:fail`,
      });
    }
  };
  return {
    // '' is how wx says "nothing".
    getStorageSync: (key: string) => storage.read(key) ?? '',
    setStorageSync: (key: string, data: unknown) => sync('setStorageSync', () => storage.write(key, data)),
    removeStorageSync: (key: string) => storage.remove(key),
    clearStorageSync: () => storage.clear(),
    getStorageInfoSync: info,
    getStorage: call('getStorage', (asked) => {
      const data = storage.read(text(asked, 'key'));
      if (data === undefined) throw new WxFailure('data not found');
      return { data };
    }),
    setStorage: call('setStorage', (asked) => storage.write(text(asked, 'key'), asked['data'])),
    removeStorage: call('removeStorage', (asked) => storage.remove(text(asked, 'key'))),
    clearStorage: call('clearStorage', () => storage.clear()),
    getStorageInfo: call('getStorageInfo', info),
  };
}

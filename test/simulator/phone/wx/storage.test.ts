import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCalls } from './call.ts';
import { createStorageApi, KEY_LIMIT, LIMIT, PhoneStorage, type Shelf } from './storage.ts';

class MemoryShelf implements Shelf {
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  key = (index: number): string | null => [...this.#items.keys()][index] ?? null;
  getItem = (key: string): string | null => this.#items.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.#items.set(key, value);
  removeItem = (key: string): void => void this.#items.delete(key);
}

/** About so many bytes. */
const block = (bytes: number): string => 'x'.repeat(bytes);

describe("a phone's storage", () => {
  it('what is read is a copy of what was written, also by the next app on the same phone', () => {
    const shelf = new MemoryShelf();
    const value = { list: [1] };
    new PhoneStorage(shelf, 'alice').write('k', value);
    value.list.push(2);
    assert.deepEqual(new PhoneStorage(shelf, 'alice').read('k'), { list: [1] });
  });

  it('two phones share nothing, even where one name begins with the other', () => {
    const shelf = new MemoryShelf();
    const [al, alice] = [new PhoneStorage(shelf, 'al'), new PhoneStorage(shelf, 'alice')];
    alice.write('k', 1);
    assert.deepEqual([al.keys(), al.read('k')], [[], undefined]);
    al.clear();
    assert.equal(alice.read('k'), 1);
  });

  it('a value of more than 1 MB is refused, and the old one stays', () => {
    const storage = new PhoneStorage(new MemoryShelf(), 'alice');
    storage.write('k', 'old');
    assert.throws(() => storage.write('k', block(KEY_LIMIT)), /entry size limit reached/);
    assert.equal(storage.read('k'), 'old');
  });

  it('size is counted in UTF-8', () => {
    const storage = new PhoneStorage(new MemoryShelf(), 'alice');
    assert.throws(() => storage.write('k', '茶'.repeat(KEY_LIMIT / 3)), /entry size limit/);
  });

  it('at 10 MB nothing more goes in until something goes out', () => {
    const storage = new PhoneStorage(new MemoryShelf(), 'alice');
    const piece = KEY_LIMIT - 100;
    for (let n = 0; n < 10; n += 1) storage.write(`k${n}`, block(piece));
    assert.throws(() => storage.write('more', block(2_000)), /exceed storage max size/);
    storage.remove('k3');
    storage.write('more', block(2_000));
    assert.ok(storage.used <= LIMIT);
  });

  it('filled, it takes what is smaller in the place of what is there, and nothing else', () => {
    const storage = new PhoneStorage(new MemoryShelf(), 'alice');
    storage.write('k', 'longer');
    storage.fill();
    assert.throws(() => storage.write('new', 1), /exceed storage max size/);
    storage.write('k', 'short');
    assert.throws(() => storage.write('k', 'much longer'), /exceed storage max size/);
    storage.empty();
    storage.write('new', 1);
  });

  it('where the browser itself has no room, that is an error of the same kind', () => {
    const shelf = new MemoryShelf();
    shelf.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    assert.throws(
      () => new PhoneStorage(shelf, 'alice').write('k', 1),
      /exceed storage max size \(of this browser\)/,
    );
  });
});

describe("wx's words for it", () => {
  type Sync = Record<string, (...args: unknown[]) => unknown>;
  const api = (): Sync =>
    createStorageApi(
      new PhoneStorage(new MemoryShelf(), 'alice'),
      createCalls((task) => task()),
    ) as Sync;

  it('nothing is an empty text for the synchronous call and an error for the other', async () => {
    const wx = api();
    assert.equal(wx['getStorageSync']!('k'), '');
    await assert.rejects(wx['getStorage']!({ key: 'k' }) as Promise<object>, {
      errMsg: 'getStorage:fail data not found',
    });
  });

  it('a refused write throws with an errMsg', () => {
    const wx = api();
    assert.throws(() => wx['setStorageSync']!('k', block(KEY_LIMIT)), { errMsg: 'setStorageSync:fail' });
  });

  it('keys and sizes are told in KB', () => {
    const wx = api();
    wx['setStorageSync']!('k', block(1_500));
    assert.deepEqual(wx['getStorageInfoSync']!(), { keys: ['k'], currentSize: 2, limitSize: 10_240 });
  });
});

/** What is won by the first to say it, for good: an id that is inserted once. */
import type { Collections } from './documents.ts';
import { insertFirst } from './insert-new.ts';

export interface Firsts {
  find(name: string): Promise<string | null>;
  /** The value that the first one gave. */
  value(name: string, value: string): Promise<string>;
  /** True for the first alone. */
  claim(name: string): Promise<boolean>;
}

export function createFirsts(db: Collections): Firsts {
  async function find(name: string): Promise<string | null> {
    return (await db.firsts.findOne({ _id: name }))?.value ?? null;
  }

  return {
    find,
    async value(name, value) {
      const known = await find(name);
      if (known !== null) return known;
      await insertFirst(db.firsts, { _id: name, value });
      return (await find(name)) ?? value;
    },
    claim: (name) => insertFirst(db.firsts, { _id: name, value: '' }),
  };
}

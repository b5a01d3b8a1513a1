/** The names of the people that an answer speaks of, so that nobody need look up ids one by one. */
import type { Entry, UserId } from '../../miniprogram/protocol/objects.ts';
import type { UserStore } from '../domain/ports.ts';

export type People = Record<UserId, string>;

export async function namesOf(store: Pick<UserStore, 'users'>, ids: Iterable<UserId>): Promise<People> {
  const wanted = [...new Set(ids)].filter((id) => id !== '');
  return Object.fromEntries((await store.users(wanted)).map(({ id, name }) => [id, name]));
}

/** Senders, and whom notices are about. */
export function namesIn(store: Pick<UserStore, 'users'>, entries: readonly Entry[]): Promise<People> {
  const ids = entries.flatMap((entry) => {
    if (entry.kind !== 'sys') return [entry.from];
    const { body } = entry;
    if ('users' in body) return [entry.from, ...body.users];
    return 'user' in body ? [entry.from, body.user] : [entry.from];
  });
  return namesOf(store, ids);
}

/** People as others see them. */
import type { User, UserId } from '../../miniprogram/protocol/objects.ts';
import type { UserStore } from './ports.ts';

export interface Users {
  /** Those who exist; ids are opaque and not to be guessed, so whoever has one has met its owner. */
  get(ids: UserId[]): Promise<User[]>;
}

export const createUsers = (store: UserStore): Users => ({
  get: (ids) => store.users([...new Set(ids)]),
});

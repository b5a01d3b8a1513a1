/** People: their profile, by what they are known outside, when they were last seen. */
import type { Timestamp, User, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Identity } from '../../domain/ports.ts';
import { byIds } from './by-ids.ts';
import type { Collections, IdentityDoc, UserDoc } from './documents.ts';
import { avatarOf, type FileUses } from './files.ts';
import type { Firsts } from './firsts.ts';
import { insertFirst } from './insert-new.ts';

const OPENID = 'openid/';

export const toUser = ({ _id, name, avatar }: Pick<UserDoc, '_id' | 'name' | 'avatar'>): User =>
  avatar === undefined ? { id: _id, name } : { id: _id, name, avatar };

export function createUsers({ db, firsts, files }: { db: Collections; firsts: Firsts; files: FileUses }) {
  /** The identity knows what its user was to be made of, so whoever finds the user missing can make it. */
  async function userBehind({ user, name, avatar }: IdentityDoc): Promise<User> {
    const found = await db.users.findOne({ _id: user });
    if (found) return toUser(found);
    const fresh: UserDoc = { _id: user, name, ...(avatar !== undefined && { avatar }) };
    await insertFirst(db.users, fresh);
    return toUser((await db.users.findOne({ _id: user })) ?? fresh);
  }

  return {
    async user(id: UserId): Promise<User | null> {
      const doc = await db.users.findOne({ _id: id });
      return doc && toUser(doc);
    },

    users: async (ids: UserId[]): Promise<User[]> => (await byIds(db.users, ids)).map(toUser),

    async userOf(identity: Identity, fresh: User): Promise<{ user: User; created: boolean }> {
      const { _id, unionid } = named(identity);
      const known = await db.identities.findOne({ _id });
      if (known) {
        // WeChat tells it only to an app that was bound to an open platform, perhaps later.
        if (unionid !== undefined && unionid !== known.unionid) {
          await db.identities.updateOne({ _id }, { $set: { unionid } });
        }
        return { user: await userBehind(known), created: false };
      }
      const { id, name, avatar } = fresh;
      const doc: IdentityDoc = {
        _id,
        user: id,
        name,
        ...(avatar !== undefined && { avatar }),
        ...(unionid !== undefined && { unionid }),
      };
      if (await insertFirst(db.identities, doc)) return { user: await userBehind(doc), created: true };
      return { user: await userBehind((await db.identities.findOne({ _id })) ?? doc), created: false };
    },

    /** An empty avatar takes the picture away. */
    async changeUser(id: UserId, { name, avatar }: { name?: string; avatar?: string }): Promise<User | null> {
      const $set = { ...(name !== undefined && { name }), ...(avatar && { avatar }) };
      const change = {
        ...(Object.keys($set).length > 0 && { $set }),
        ...(avatar === '' && { $unset: { avatar: 1 as const } }),
      };
      const before = await db.users.findOne({ _id: id });
      if (!before) return null;
      if (avatar) await files.use([avatar], avatarOf(id));
      if (Object.keys(change).length > 0) await db.users.updateOne({ _id: id }, change);
      const doc = await db.users.findOne({ _id: id });
      const isReplaced = before.avatar !== undefined && before.avatar !== doc?.avatar;
      if (isReplaced) await files.release([before.avatar ?? ''], avatarOf(id));
      return doc && toUser(doc);
    },

    async openidOf(id: UserId): Promise<string | null> {
      const docs = await db.identities.find({ user: id }).toArray();
      const known = docs.find(({ _id }) => _id.startsWith(OPENID));
      return known ? known._id.slice(OPENID.length) : null;
    },

    async lastSeen(ids: UserId[]): Promise<{ user: UserId; seen: Timestamp }[]> {
      const docs = await byIds(db.users, ids);
      return docs.flatMap(({ _id, seen }) => (seen === undefined ? [] : [{ user: _id, seen }]));
    },

    async markSeen(id: UserId, seen: Timestamp): Promise<void> {
      await db.users.updateOne({ _id: id }, { $set: { seen } });
    },

    async welcomed(id: UserId): Promise<boolean> {
      return (await firsts.find(`welcome/${id}`)) !== null;
    },

    async welcome(id: UserId): Promise<boolean> {
      return (await db.users.findOne({ _id: id })) !== null && firsts.claim(`welcome/${id}`);
    },
  };
}

function named(identity: Identity): { _id: string; unionid?: string } {
  if ('dev' in identity) return { _id: `dev/${identity.dev}` };
  if ('bot' in identity) return { _id: `bot/${identity.bot}` };
  const { openid, unionid } = identity;
  return { _id: OPENID + openid, ...(unionid !== undefined && { unionid }) };
}

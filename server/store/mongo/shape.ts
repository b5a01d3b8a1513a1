/**
 * The shape of the database, as numbered steps: step n brings version n - 1 to n. A step that was released never
 * changes, and may run twice or on two nodes at once: each part of it does nothing where it was done. A newer database
 * than this program knows is refused, so that an old program cannot harm it. Here, too, is kept the epoch.
 */
import type { Db, IndexDescription } from 'mongodb';
import type { NewId } from '../../domain/ports.ts';
import { type Collections, collectionsOf, type MetaDoc } from './documents.ts';
import { insertFirst } from './insert-new.ts';

type Step = Partial<Record<keyof Collections, IndexDescription[]>>;

/**
 * Only what every server has: no partial, text or TTL index. The id of each collection is an index besides:
 * entries by room and seq, members by room and user.
 */
const FIRST: Step = {
  // The second key that carries the guarantees: a cid is stored once.
  entries: [{ name: 'by_key', key: { room: 1, key: 1 }, unique: true }],
  search: [{ name: 'by_gram', key: { room: 1, grams: 1, stamp: -1 } }],
  rooms: [
    { name: 'by_pair', key: { pair: 1 } },
    { name: 'to_join', key: { open: 1, closed: 1, members: -1 } },
  ],
  members: [
    { name: 'by_user', key: { user: 1, in: 1, room: 1 } },
    { name: 'by_room', key: { room: 1, in: 1, user: 1 } },
    { name: 'by_standing', key: { room: 1, in: 1, role: 1, since: 1, user: 1 } },
  ],
  users: [{ name: 'by_name', key: { name: 1, _id: 1 } }],
  identities: [{ name: 'by_user', key: { user: 1 } }],
  logins: [
    { name: 'by_expiry', key: { expires: 1 } },
    { name: 'by_user', key: { user: 1 } },
  ],
  tokens: [{ name: 'by_expiry', key: { expires: 1 } }],
  turns: [{ name: 'by_expiry', key: { expires: 1 } }],
  files: [
    { name: 'by_owner', key: { owner: 1, created: 1 } },
    { name: 'by_expiry', key: { expires: 1 } },
  ],
  fileUses: [{ name: 'by_file', key: { file: 1 } }],
  fileChecks: [
    { name: 'by_trace', key: { trace: 1 } },
    { name: 'overdue', key: { state: 1, asked: 1 } },
  ],
  checkedUses: [{ name: 'by_file', key: { file: 1, _id: 1 } }],
  sanctions: [
    { name: 'by_user', key: { user: 1, until: 1 } },
    { name: 'in_force', key: { since: -1, _id: 1 } },
    { name: 'by_change', key: { changed: -1 } },
  ],
  audits: [
    { name: 'by_actor', key: { actor: 1, _id: 1 } },
    { name: 'by_target', key: { target: 1, _id: 1 } },
    { name: 'by_room', key: { room: 1, _id: 1 } },
  ],
  reports: [
    // A message is reported once by one reporter.
    { name: 'by_key', key: { key: 1 }, unique: true },
    { name: 'by_message', key: { room: 1, target: 1, open: 1 } },
    { name: 'newest', key: { open: 1, order: -1 } },
    { name: 'all', key: { order: -1 } },
    { name: 'untold', key: { reporter: 1, open: 1, told: 1, order: 1 } },
  ],
  apiKeys: [{ name: 'by_hash', key: { hash: 1 }, unique: true }],
  allowances: [{ name: 'by_name', key: { name: 1, ends: 1 } }],
  credits: [{ name: 'by_user', key: { user: 1 } }],
  notices: [{ name: 'by_user', key: { user: 1, at: 1 } }],
};

/** A moderator names rooms by what they are called. */
const ROOM_NAMES: Step = { rooms: [{ name: 'by_name', key: { name: 1, _id: 1 } }] };

/** Texts whose verdict is awaited. */
const AWAITED: Step = { awaitedTexts: [{ name: 'overdue', key: { asked: 1 } }] };

const STEPS: readonly Step[] = [FIRST, ROOM_NAMES, AWAITED];
export const VERSION = STEPS.length;

/** Brings the database to the shape that this program knows and gives its epoch, or throws one line that says why not. */
export async function bringToShape(db: Db, newId: NewId): Promise<string> {
  const collections = collectionsOf(db);
  const store = await storeDoc(collections, newId);
  const { version = 0, epoch } = store;
  if (epoch === undefined) throw new Error('its collection meta is not ours; it belongs to another program');
  if (version > VERSION) {
    throw new Error(`it has version ${version}, this program knows ${VERSION}; start the newer program`);
  }
  for (let step = version; step < VERSION; step += 1) await take(collections, STEPS[step] ?? {});
  if (version < VERSION) {
    await collections.meta.updateOne({ _id: 'store', version }, { $set: { version: VERSION } });
  }
  return epoch;
}

/** The first node to come names the epoch. */
async function storeDoc({ meta }: Collections, newId: NewId): Promise<MetaDoc> {
  const known = await meta.findOne({ _id: 'store' });
  if (known) return known;
  const fresh: MetaDoc = { _id: 'store', version: 0, epoch: newId() };
  await insertFirst(meta, fresh);
  return (await meta.findOne({ _id: 'store' })) ?? fresh;
}

async function take(collections: Collections, step: Step): Promise<void> {
  for (const name of Object.keys(step) as (keyof Collections)[]) {
    const indexes = step[name];
    if (indexes) await collections[name].createIndexes(indexes);
  }
}

/**
 * Documents by their ids, in no order. A few are asked for one by one: every server finds each by its id alone, also one
 * that looks through the whole collection for a list.
 */
import type { Collection, Filter, WithId } from 'mongodb';

/** Ids in one query; more are asked for in several. */
const MAX_IDS = 1_000;
/** Most people who come back have no more rooms than that. */
const FEW = 4;

export async function byIds<Doc extends { _id: string }>(
  collection: Collection<Doc>,
  ids: readonly string[],
  projection?: Partial<Record<keyof Doc, 1>>,
): Promise<WithId<Doc>[]> {
  const options = projection ? { projection } : {};
  if (ids.length <= FEW) {
    const each = [...new Set(ids)].map((_id) => collection.findOne({ _id } as Filter<Doc>, options));
    return (await Promise.all(each)).flatMap((doc) => doc ?? []);
  }
  const found: WithId<Doc>[] = [];
  for (let i = 0; i < ids.length; i += MAX_IDS) {
    const _id = { $in: ids.slice(i, i + MAX_IDS) };
    found.push(...(await collection.find({ _id } as Filter<Doc>, options).toArray()));
  }
  return found;
}

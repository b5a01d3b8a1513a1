/** Documents by their ids, in no order. A single one is asked for as such: every server finds that by the id alone. */
import type { Collection, Filter, WithId } from 'mongodb';

/** Ids in one query; more are asked for in several. */
const MAX_IDS = 1_000;

export async function byIds<Doc extends { _id: string }>(
  collection: Collection<Doc>,
  ids: readonly string[],
  projection?: Partial<Record<keyof Doc, 1>>,
): Promise<WithId<Doc>[]> {
  const found: WithId<Doc>[] = [];
  for (let i = 0; i < ids.length; i += MAX_IDS) {
    const some = ids.slice(i, i + MAX_IDS);
    const _id = some.length === 1 ? some[0] : { $in: some };
    const cursor = collection.find({ _id } as Filter<Doc>, projection ? { projection } : {});
    found.push(...(await cursor.toArray()));
  }
  return found;
}

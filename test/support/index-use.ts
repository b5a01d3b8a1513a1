/**
 * Whether an index serves what is asked of a collection: by the rule that every MongoDB follows, so that it can be said
 * without a server that explains. An index is used from its first field on: fields that are held to values, then one
 * that is sorted by or held to a range. What is asked of other fields is only looked at in what the index finds.
 */
import type { BSON } from 'mongodb';
import type { Command } from './mongo-proxy.ts';

export interface Asked {
  collection: string;
  filter: BSON.Document;
  sort: [field: string, direction: number][];
  /** Not all that fits is wanted. */
  isLimited: boolean;
}

export interface Index {
  key: [field: string, direction: number][];
  unique: boolean;
}

/** How an index serves: `rest` are the fields that are only looked at in what it finds, which is `one` or many. */
export type Use = { served: true; rest: string[]; one: boolean } | { served: false; why: string };

/** What a command asks; an insert asks nothing. */
export function askedIn({ name, collection, body }: Command): Asked[] {
  const ask = (filter?: BSON.Document, sort?: unknown, limit?: unknown): Asked => ({
    collection,
    filter: filter ?? {},
    sort: Object.entries((sort ?? {}) as Record<string, number>),
    isLimited: Boolean(limit),
  });
  switch (name) {
    case 'find':
      return [ask(body['filter'] as BSON.Document | undefined, body['sort'], body['limit'])];
    case 'aggregate': {
      const [first] = body['pipeline'] as BSON.Document[];
      return [ask(first?.['$match'] as BSON.Document | undefined)];
    }
    case 'count':
    case 'distinct':
    case 'findAndModify':
      return [ask(body['query'] as BSON.Document | undefined, body['sort'])];
    case 'update':
      return (body['updates'] as { q: BSON.Document }[]).map(({ q }) => ask(q));
    case 'delete':
      return (body['deletes'] as { q: BSON.Document; limit: number }[]).map(({ q, limit }) =>
        ask(q, {}, limit),
      );
    default:
      return [];
  }
}

/** The same for all that differ in values alone. */
export function shapeOf({ collection, filter, sort, isLimited }: Asked): string {
  const limit = isLimited ? ' limit' : '';
  const by = sort.length > 0 ? ` sort ${sort.map(([field, way]) => `${field} ${way}`).join(', ')}` : '';
  return `${collection} ${JSON.stringify(shapeOfFilter(filter))}${by}${limit}`;
}

function shapeOfFilter(filter: BSON.Document): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(filter).map(([field, wanted]): [string, unknown] => {
      if (field === '$or') {
        const branches = (wanted as BSON.Document[]).map((branch) => JSON.stringify(shapeOfFilter(branch)));
        return [field, [...new Set(branches)].map((branch) => JSON.parse(branch) as unknown)];
      }
      return [field, kindOf(wanted)];
    }),
  );
}

type Kind = 'value' | 'values' | 'range' | 'pattern';

function kindOf(wanted: unknown): Kind {
  if (typeof wanted !== 'object' || wanted === null) return 'value';
  const operators = Object.keys(wanted);
  if (!operators.some((operator) => operator.startsWith('$'))) return 'value';
  if (operators.includes('$in')) return 'values';
  if (operators.includes('$eq') || operators.includes('$all') || operators.includes('$exists'))
    return 'value';
  if (operators.every((operator) => ['$gt', '$gte', '$lt', '$lte'].includes(operator))) return 'range';
  return 'pattern';
}

export function useOf({ filter, sort, isLimited }: Asked, indexes: Index[]): Use {
  const { $or, ...common } = filter;
  if (Array.isArray($or)) {
    // The rest of the filter may be all that is needed; else each branch must find its own way.
    const whole = useOf({ collection: '', filter: common, sort, isLimited }, indexes);
    if (Object.keys(common).length > 0 && whole.served) {
      return whole.one ? whole : { ...whole, rest: [...whole.rest, '$or'] };
    }
    const uses = ($or as BSON.Document[]).map((branch) =>
      useOf({ collection: '', filter: { ...common, ...branch }, sort, isLimited }, indexes),
    );
    return uses.find(({ served }) => !served) ?? uses[0] ?? { served: false, why: 'nothing is asked' };
  }
  const uses = indexes.flatMap((index) => useOfOne({ filter: common, sort, isLimited }, index) ?? []);
  const best = uses.sort((a, b) => a.rest.length - b.rest.length)[0];
  return best ?? { served: false, why: 'no index has these fields in front, and the order asked for' };
}

function useOfOne(
  { filter, sort, isLimited }: Pick<Asked, 'filter' | 'sort' | 'isLimited'>,
  { key, unique }: Index,
): Extract<Use, { served: true }> | null {
  const kinds = new Map(Object.entries(filter).map(([field, wanted]) => [field, kindOf(wanted)]));
  let held = 0;
  while (held < key.length && isHeld(kinds.get(key[held]?.[0] ?? ''))) held += 1;
  const heldFields = new Set(key.slice(0, held).map(([field]) => field));
  const follows = key.slice(held);
  const isOne = unique && held === key.length;
  if (
    !isOne &&
    !isSorted(
      sort.filter(([field]) => !heldFields.has(field)),
      follows,
    )
  )
    return null;
  const range = follows[0]?.[0];
  const isRanged = range !== undefined && kinds.get(range) === 'range';
  const isAllRead = kinds.size === 0 && isLimited;
  if (held === 0 && !isRanged && !isAllRead) return null;
  const bound = new Set([...heldFields, ...(isRanged && range !== undefined ? [range] : [])]);
  // A single document may be looked at as closely as anybody likes.
  const rest = isOne ? [] : [...kinds.keys()].filter((field) => !bound.has(field));
  return { served: true, rest, one: isOne };
}

const isHeld = (kind: Kind | undefined): boolean => kind === 'value' || kind === 'values';

/** Read forwards or backwards, the index gives this order. */
function isSorted(sort: Asked['sort'], follows: Index['key']): boolean {
  const ways = sort.map(([field, way], i) => {
    const [name, own] = follows[i] ?? ['', 0];
    return name === field ? Math.sign(way) * own : 0;
  });
  return ways.every((way) => way !== 0 && way === ways[0]);
}

/** Inserts what is not there yet; tells of the rest. Which clashed is told by the server as an index, never as text. */
import {
  type Collection,
  MongoBulkWriteError,
  type OptionalUnlessRequiredId,
  type WriteError,
} from 'mongodb';

export const DUPLICATE_KEY = 11_000;

/** @returns those whose id is taken */
export async function insertNew<Doc extends { _id: string }>(
  collection: Collection<Doc>,
  docs: Doc[],
): Promise<Doc[]> {
  if (docs.length === 0) return [];
  try {
    await collection.insertMany(docs as OptionalUnlessRequiredId<Doc>[], { ordered: false });
    return [];
  } catch (reason) {
    return clashesIn(reason).map((index) => docs[index] as Doc);
  }
}

/** @returns whether it was inserted; false: its key is taken */
export async function insertFirst<Doc extends { _id: string }>(
  collection: Collection<Doc>,
  doc: Doc,
): Promise<boolean> {
  return (await insertNew(collection, [doc])).length === 0;
}

/** The indexes of those that clashed, ascending. @throws the reason, where it is anything else */
export function clashesIn(reason: unknown): number[] {
  if (!(reason instanceof MongoBulkWriteError) || reason.result.getWriteConcernError()) throw reason;
  const errors: WriteError[] = [reason.writeErrors].flat();
  if (errors.length === 0 || errors.some(({ code }) => code !== DUPLICATE_KEY)) throw reason;
  return errors.map(({ index }) => index).sort((a, b) => a - b);
}

/**
 * Which servers work on this database. Each counts up in a document of its own; whoever wants to know looks twice, so
 * that nobody's clock matters and a server that was killed is found out. What must not happen beside a server, a
 * change of the epoch, is refused while there is one.
 */
import type { Clock, Undo } from '../../domain/ports.ts';
import type { Collections } from './documents.ts';

export interface NodesDeps {
  db: Collections;
  clock: Pick<Clock, 'after'>;
  /** Of this process. */
  node: string;
  inBackground: (work: () => Promise<unknown>) => Promise<void>;
}

const BEAT_MS = 2_000;
/** A server that works has beaten by then. */
const LOOK_AGAIN_MS = 5_000;

export function createNodes({ db, clock, node, inBackground }: NodesDeps) {
  let isBeating = false;
  let undo: Undo = () => undefined;

  const beat = () => db.nodes.updateOne({ _id: node }, { $inc: { beats: 1 } }, { upsert: true });

  function beatLater(): void {
    undo = clock.after(BEAT_MS, () => {
      void inBackground(beat).finally(() => {
        if (isBeating) beatLater();
      });
    });
  }

  const beatsNow = async (): Promise<Map<string, number>> =>
    new Map((await db.nodes.find().toArray()).map(({ _id, beats }) => [_id, beats]));

  /** How many servers work; forgets those that do not any more. */
  async function countAlive(): Promise<number> {
    const before = await beatsNow();
    if (before.size === 0) return 0;
    await new Promise<void>((resolve) => void clock.after(LOOK_AGAIN_MS, resolve));
    const after = await beatsNow();
    const dead = [...before].filter(([id, beats]) => after.get(id) === beats);
    for (const [_id, beats] of dead) {
      await db.nodes.deleteOne({ _id, beats });
      after.delete(_id);
    }
    return after.size;
  }

  return {
    async begin(): Promise<void> {
      isBeating = true;
      await beat();
      beatLater();
    },

    async end(): Promise<void> {
      if (!isBeating) return;
      isBeating = false;
      undo();
      // A database that is away keeps the document; who looks finds that it stands still.
      await db.nodes.deleteOne({ _id: node }).catch(() => undefined);
    },

    /** @throws one line where a server works on the database */
    async bumpEpoch(epoch: string): Promise<void> {
      const alive = await countAlive();
      if (alive > 0) {
        throw new Error(`MONGODB_URL: servers at work on this database: ${alive}; stop them first`);
      }
      await db.meta.updateOne({ _id: 'store' }, { $set: { epoch } });
      if ((await beatsNow()).size > 0) {
        throw new Error('MONGODB_URL: a server was started meanwhile; restart it, it knows the epoch before');
      }
    },
  };
}

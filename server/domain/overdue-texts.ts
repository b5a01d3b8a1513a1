/**
 * Texts that were stored before they were judged, and whose server died before the verdict came: any node that finds
 * one overdue asks again, so that what is risky is taken back all the same.
 */
import type { RoomId, Seq } from '../../miniprogram/protocol/objects.ts';
import type { Said } from './content-check.ts';
import type { AwaitedStore, Clock, DirectoryStore, LogStore } from './ports.ts';
import type { Utterance } from './utterance.ts';

export interface OverdueTextsDeps {
  store: AwaitedStore & Pick<LogStore, 'entry'> & Pick<DirectoryStore, 'roomFacts'>;
  clock: Pick<Clock, 'now'>;
  /** Has a stored text judged; settles it. `target` is what it changes, or itself. */
  again: (said: Said, place: { seq: Seq; target: Seq }) => void;
}

/** More than all attempts of a living server take (RETRY_MS in content-check.ts), and two nodes' clocks are apart. */
export const OVERDUE_MS = 2 * 60_000;
/** So that a server that comes back does not ask about everything at once. */
const AT_ONCE = 100;

export function createOverdueTexts({ store, clock, again }: OverdueTextsDeps): { sweep(): Promise<void> } {
  async function ask(room: RoomId, seq: Seq): Promise<void> {
    const [entry, facts] = await Promise.all([store.entry(room, seq), store.roomFacts(room)]);
    if (
      !entry ||
      !facts ||
      entry.recalled ||
      entry.kind === 'recall' ||
      entry.kind === 'react' ||
      entry.kind === 'sys'
    )
      return store.settleText(room, seq);
    const { from: user, cid = '', target = seq, mentions } = entry;
    const utterance: Utterance = entry.kind === 'edit' ? { kind: 'text', body: entry.body } : entry;
    const peer = facts.pair?.find((one) => one !== user);
    const said = {
      user,
      room,
      cid,
      utterance,
      isOpen: facts.open,
      ...(mentions && { mentions }),
      ...(peer && { peer }),
    };
    again(said, { seq, target });
  }

  return {
    async sweep() {
      const now = clock.now();
      for (const text of await store.overdueTexts(now - OVERDUE_MS, AT_ONCE)) {
        if (await store.takeText(text, now)) await ask(text.room, text.seq);
      }
    },
  };
}

/**
 * Consents to be told something outside the app, counted; and when somebody was last told of a room. A count is changed
 * by whoever finds it as they last saw it.
 */
import type { UserId } from '../../../miniprogram/protocol/objects.ts';
import type { CreditStore, Spending } from '../../domain/ports.ts';
import type { Collections } from './documents.ts';
import { insertFirst } from './insert-new.ts';
import type { Turns } from './turns.ts';

/** Another node was faster so many times. */
const MAX_TRIES = 20;

const creditId = (user: UserId, template: string): string => `${user}/${template}`;

type Spend = Parameters<CreditStore['spendCredit']>[0];

export function createCredits(db: Collections, turns: Turns): CreditStore {
  /** @param next what becomes of the count; null: nothing. @returns whether it became so */
  async function change(
    user: UserId,
    template: string,
    next: (n: number) => number | null,
  ): Promise<boolean> {
    const _id = creditId(user, template);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const known = await db.credits.findOne({ _id });
      const n = next(known?.n ?? 0);
      if (n === null) return false;
      if (!known) {
        if (await insertFirst(db.credits, { _id, user, template, n })) return true;
      } else if ((await db.credits.updateOne({ _id, n: known.n }, { $set: { n } })).matchedCount > 0) {
        return true;
      }
    }
    return false;
  }

  /** One at a time tells of a room; whether it is this one, and the moment that it may be undone to. */
  async function tell({ user, room, now, everyMs }: Spend): Promise<{ before: number | null } | null> {
    const _id = `${user}/${room}`;
    const last = await db.notices.findOne({ _id });
    if (last && now - last.at < everyMs) return null;
    if (!last) return (await insertFirst(db.notices, { _id, user, at: now })) ? { before: null } : null;
    const told = await db.notices.updateOne({ _id, at: last.at }, { $set: { at: now } });
    return told.matchedCount > 0 ? { before: last.at } : null;
  }

  async function untell({ user, room }: Spend, before: number | null): Promise<void> {
    const _id = `${user}/${room}`;
    if (before === null) await db.notices.deleteOne({ _id });
    else await db.notices.updateOne({ _id }, { $set: { at: before } });
  }

  async function spendNow(spending: Spend): Promise<Spending> {
    const { user, template, room, now, everyMs } = spending;
    const known = await db.credits.findOne({ _id: creditId(user, template) });
    if (!known || known.n === 0) return 'none';
    const told = await tell(spending);
    if (!told) return 'lately';
    const isSpent = await change(user, template, (n) => (n === 0 ? null : n - 1));
    if (!isSpent) {
      await untell(spending, told.before);
      return 'none';
    }
    await db.notices.deleteMany({ user, at: { $lte: now - everyMs }, _id: { $ne: `${user}/${room}` } });
    return 'spent';
  }

  const inTurn = <T>(user: UserId, job: () => Promise<T>): Promise<T> => turns.take(`credit/${user}`, job);

  return {
    addCredit: (user, template, most) =>
      inTurn(user, async () => {
        await change(user, template, (n) => Math.min(n + 1, most));
      }),

    async credits(user) {
      const docs = await db.credits.find({ user }).toArray();
      return docs.filter(({ n }) => n > 0).map(({ template, n }) => ({ template, n }));
    },

    spendCredit: (spending) => inTurn(spending.user, () => spendNow(spending)),

    dropCredits: (user, template) =>
      inTurn(user, async () => {
        await db.credits.deleteOne({ _id: creditId(user, template) });
      }),
  };
}

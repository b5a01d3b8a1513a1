/**
 * Logins and their refresh tokens, by hash alone. A token is replaced once, by the first to insert its turn, however
 * many ask at once and on whichever node. A turn knows the token that follows, so that one that was left half done is
 * finished by whoever asks next. What was replaced is remembered until the day it would have expired, because its
 * return is how a theft is noticed. What has expired is swept away now and then.
 */
import type { Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Clock, Login, LoginStore, Rotation } from '../../domain/ports.ts';
import type { AuditLog } from './audits.ts';
import { byIds } from './by-ids.ts';
import type { Collections, LoginDoc, TurnDoc } from './documents.ts';
import { insertFirst, insertNew } from './insert-new.ts';

export interface LoginDeps {
  db: Collections;
  audits: AuditLog;
  clock: Pick<Clock, 'now'>;
}

const SWEEP_MS = 60_000;

export function createLogins({ db, audits, clock }: LoginDeps): LoginStore {
  let swept = 0;

  async function sweep(now: Timestamp): Promise<void> {
    if (now - swept < SWEEP_MS) return;
    swept = now;
    const expires = { $lte: now };
    await Promise.all([
      db.logins.deleteMany({ expires }),
      db.tokens.deleteMany({ expires }),
      db.turns.deleteMany({ expires }),
    ]);
  }

  async function loginOf(hash: string): Promise<Login | null> {
    const token = await db.tokens.findOne({ _id: hash });
    const login = token && (await db.logins.findOne({ _id: token.sid }));
    return login && toLogin(login);
  }

  /** Tokens without a login open nothing; the sweep finds them in time. */
  async function revoke(sid: string): Promise<void> {
    await db.logins.deleteOne({ _id: sid });
  }

  async function finish({ next, expires }: TurnDoc, { sid, user }: Login): Promise<Login> {
    await insertNew(db.tokens, [{ _id: next, sid, expires }]);
    await db.logins.updateOne({ _id: sid, expires: { $lt: expires } }, { $set: { expires } });
    return { sid, user, expires };
  }

  return {
    async openLogin({ sid, user, expires }, hash) {
      await sweep(clock.now());
      await insertNew(db.logins, [{ _id: sid, user, expires }]);
      await insertNew(db.tokens, [{ _id: hash, sid, expires }]);
    },

    async rotate({ hash, next, sealed, now, graceMs, expires }): Promise<Rotation> {
      const login = await loginOf(hash);
      if (!login || login.expires <= now) return { outcome: 'unknown' };
      const turn: TurnDoc = { _id: hash, next, sealed, replaced: now, expires };
      if (await insertFirst(db.turns, turn)) {
        await sweep(now);
        return { outcome: 'rotated', login: await finish(turn, login) };
      }
      const first = (await db.turns.findOne({ _id: hash })) ?? turn;
      if (now - first.replaced > graceMs) {
        await revoke(login.sid);
        return { outcome: 'reused', login };
      }
      await finish(first, login);
      return { outcome: 'repeated', login: (await loginOf(hash)) ?? login, sealed: first.sealed };
    },

    async login(sid, now) {
      const doc = await db.logins.findOne({ _id: sid });
      return doc && doc.expires > now ? toLogin(doc) : null;
    },
    async alive(sids, now) {
      const docs = await byIds(db.logins, sids);
      return docs.flatMap(({ _id, expires }) => (expires > now ? [_id] : []));
    },

    loginOf,
    revoke,

    async revokeAll(user, audit) {
      const { deletedCount } = await db.logins.deleteMany({ user });
      await audits.write(audit);
      return deletedCount;
    },
  };
}

const toLogin = ({ _id, user, expires }: LoginDoc): Login => ({ sid: _id, user, expires });

/** API keys, and the bots that post with them: each key is a user of its own, a member with the role `bot`. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Cid, RoomId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { noSuchRoom } from './access.ts';
import type { Log, Place } from './log.ts';
import type { Actor, Messages } from './messages.ts';
import { carryOut, type Done, mustBeRoom, type Order } from './order.ts';
import type { ApiKey, Bus, Clock, NewId, Store } from './ports.ts';
import type { Sanctions } from './sanctions.ts';
import { userSubject } from './subjects.ts';
import type { Utterance } from './utterance.ts';

export interface Bots {
  /** `key` is given once and is nowhere afterwards; absent after a dry run. */
  issue(order: Order, wanted: { name: string; rooms: RoomId[] }): Promise<Done & { key?: string }>;
  /** Its bot keeps what it said, and is in the rooms no more. */
  revoke(order: Order, id: string): Promise<Done>;
  /** @throws Refusal UNAUTHORIZED where the key is not good, NOT_FOUND where it is not for this room */
  admit(key: string, room: RoomId): Promise<Actor>;
  post(actor: Actor, message: { cid: Cid } & Utterance): Promise<Place>;
}

export interface BotsDeps {
  store: Store;
  log: Pick<Log, 'append'>;
  messages: Pick<Messages, 'send'>;
  sanctions: Pick<Sanctions, 'admit' | 'muted'>;
  bus: Pick<Bus, 'publish'>;
  clock: Pick<Clock, 'now'>;
  newId: NewId;
  /** A new secret, and the hash by which the store knows one. */
  newKey: () => string;
  hashOf: (key: string) => string;
}

export function createBots(deps: BotsDeps): Bots {
  const { store, log, messages, sanctions, bus, clock, newId, newKey, hashOf } = deps;

  async function issue(
    order: Order,
    { name, rooms }: { name: string; rooms: RoomId[] },
  ): Promise<Done & { key?: string }> {
    for (const room of rooms) {
      const { kind, closed } = await mustBeRoom(store, room);
      if (kind === 'direct') throw new Refusal(ErrorCode.BAD_REQUEST, 'rooms: a direct room is for its two');
      if (closed) throw new Refusal(ErrorCode.CLOSED, `rooms: ${room} is closed`);
    }
    const id = newId();
    const key = newKey();
    const done = await carryOut(order, clock, {
      act: 'key.issue',
      target: id,
      room: '',
      before: null,
      after: { name, rooms },
      run: async (audit) => {
        const { user } = await store.userOf({ bot: id }, { id: newId(), name });
        const made: ApiKey = { id, name, user: user.id, rooms, by: order.actor, ts: audit.ts };
        await store.issueKey(made, hashOf(key), audit);
        await Promise.all(rooms.map((room) => enter(room, user.id)));
      },
    });
    return order.dryRun ? done : { ...done, key };
  }

  async function enter(room: RoomId, user: string): Promise<void> {
    await log.append(room, {
      from: '',
      ts: clock.now(),
      kind: 'sys',
      body: { action: 'invited', users: [user] },
      change: { type: 'join', users: [user], role: 'bot' },
    });
    bus.publish(userSubject(user), { type: 'room', user, room });
  }

  async function revoke(order: Order, id: string): Promise<Done> {
    const key = (await store.apiKeys()).find((one) => one.id === id);
    if (!key) throw new Refusal(ErrorCode.NOT_FOUND, `key: there is no key ${id}`);
    if (key.revoked !== undefined) throw new Refusal(ErrorCode.CONFLICT, 'key: it was revoked before');
    return carryOut(order, clock, {
      act: 'key.revoke',
      target: id,
      room: '',
      before: { name: key.name, rooms: key.rooms },
      after: null,
      run: async (audit) => {
        await store.revokeKey(id, audit);
        const { user } = key;
        const body = { action: 'removed', user } as const;
        const change = { type: 'leave', user } as const;
        const notice = { from: '', ts: clock.now(), kind: 'sys', body, change } as const;
        await Promise.all(key.rooms.map((room) => log.append(room, notice)));
      },
    });
  }

  async function admit(secret: string, id: RoomId): Promise<Actor> {
    const key = await store.apiKey(hashOf(secret));
    if (!key) throw new Refusal(ErrorCode.UNAUTHORIZED, 'The API key is missing, unknown or revoked.');
    await sanctions.admit(key.user);
    if (!key.rooms.includes(id)) throw noSuchRoom();
    const [room, member] = await Promise.all([store.room(id), store.member(id, key.user)]);
    if (!room || !member) throw noSuchRoom();
    return { user: key.user, room, member: sanctions.muted(key.user, id, member) };
  }

  return {
    issue,
    revoke,
    admit,
    post: (actor, { cid, ...utterance }) => messages.send(actor, { room: actor.room.id, cid, ...utterance }),
  };
}

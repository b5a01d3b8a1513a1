/**
 * What a moderator orders, and what came of it. Every act is one record in the audit log, written together with the
 * act wherever the act is one write; a dry run finds out what would change and changes nothing.
 */
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { Refusal } from '../outcome.ts';
import type { AuditRecord, Clock, DirectoryStore, RoomFacts, UserStore } from './ports.ts';
import type { User } from '../../miniprogram/protocol/objects.ts';

/** Who gives the order, and how. */
export interface Order {
  actor: string;
  reason: string;
  dryRun: boolean;
}

export interface Done {
  act: string;
  target: string;
  room: RoomId | '';
  before: unknown;
  after: unknown;
  /** False where it was a dry run. */
  done: boolean;
}

type What = Omit<Done, 'done'>;

export const recordOf = (order: Order, clock: Pick<Clock, 'now'>, what: What): AuditRecord => ({
  ts: clock.now(),
  actor: order.actor,
  reason: order.reason,
  ...what,
});

/** Carries the act out, unless it is a dry run. */
export async function carryOut(
  order: Order,
  clock: Pick<Clock, 'now'>,
  act: What & { run: (record: AuditRecord) => Promise<unknown> },
): Promise<Done> {
  const { run, ...what } = act;
  if (!order.dryRun) await run(recordOf(order, clock, what));
  return { ...what, done: !order.dryRun };
}

export async function mustBeUser(store: Pick<UserStore, 'user'>, id: string): Promise<User> {
  const user = await store.user(id);
  if (!user) throw new Refusal(ErrorCode.NOT_FOUND, `user: there is no user ${id}`);
  return user;
}

export async function mustBeRoom(store: Pick<DirectoryStore, 'roomFacts'>, id: RoomId): Promise<RoomFacts> {
  const room = await store.roomFacts(id);
  if (!room) throw new Refusal(ErrorCode.NOT_FOUND, `room: there is no room ${id}`);
  return room;
}

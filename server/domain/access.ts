/**
 * Who may do what, as pure rules: given a room, a membership and the time, each returns, or throws the Refusal that
 * the person gets. What one may not even know of is NOT_FOUND, and that is decided before these rules are asked.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import type { ManageAction } from '../../miniprogram/protocol/frames.ts';
import type { Entry, Role, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { untilOnWire, untilWords } from './sanctions.ts';
import type { MemberRecord, RoomRecord } from './ports.ts';

const RANK: Record<Role, number> = { owner: 3, admin: 2, member: 1, bot: 1 };

/** Owners and admins keep order in a room: they recall others' messages, mute, remove, rename. */
export const keepsOrder = (role: Role): boolean => RANK[role] >= RANK.admin;

/** The same words for a room that does not exist and a room one is not in. */
export const noSuchRoom = (): Refusal =>
  new Refusal(ErrorCode.NOT_FOUND, 'room: there is no such room among your rooms');

export function mustBeOpenForWriting(room: RoomRecord): void {
  if (room.closed) throw new Refusal(ErrorCode.CLOSED, 'room: this room was closed; it can still be read');
}

export function mustNotBeMuted(member: MemberRecord, now: number): void {
  if (member.mutedUntil === null || member.mutedUntil <= now) return;
  const { mutedUntil: until, muteReason: reason } = member;
  throw new Refusal(ErrorCode.MUTED, `you are muted in this room ${untilWords(until)}`, {
    ...(until < FOREVER && { retryAfterMs: until - now }),
    ...untilOnWire(until),
    ...(reason !== undefined && { reason }),
  });
}

export function mustRecall(
  entry: Entry | null,
  by: { user: UserId; role: Role; now: number; withinSeconds: number },
): void {
  if (!entry) throw new Refusal(ErrorCode.NOT_FOUND, 'target: there is no such entry in this room');
  if (!isContent(entry)) {
    throw new Refusal(ErrorCode.BAD_REQUEST, `target: an entry of kind ${entry.kind} cannot be recalled`);
  }
  if (keepsOrder(by.role)) return;
  if (entry.from !== by.user) {
    throw new Refusal(ErrorCode.FORBIDDEN, "target: only owners and admins recall others' messages");
  }
  if (by.now - entry.ts > by.withinSeconds * 1000) {
    throw new Refusal(ErrorCode.FORBIDDEN, `target: can be recalled for ${by.withinSeconds} s only`);
  }
}

/** One's own words, for as long as they stand: whoever sees them sees that they were edited, too. */
export function mustEdit(entry: Entry | null, user: UserId): void {
  if (!entry) throw new Refusal(ErrorCode.NOT_FOUND, 'target: there is no such entry in this room');
  if (entry.kind !== 'text') {
    throw new Refusal(ErrorCode.BAD_REQUEST, `target: an entry of kind ${entry.kind} cannot be edited`);
  }
  if (entry.from !== user) throw new Refusal(ErrorCode.FORBIDDEN, 'target: only its sender edits a message');
}

export function mustReact(entry: Entry | null): void {
  if (!entry) throw new Refusal(ErrorCode.NOT_FOUND, 'target: there is no such entry in this room');
  if (!isContent(entry)) {
    throw new Refusal(ErrorCode.BAD_REQUEST, `target: an entry of kind ${entry.kind} bears no reactions`);
  }
}

const NEEDS: Record<ManageAction['action'], Role> = {
  invite: 'member',
  rename: 'admin',
  remove: 'admin',
  mute: 'admin',
  unmute: 'admin',
  pin: 'admin',
  unpin: 'admin',
  slow: 'admin',
  role: 'owner',
  close: 'owner',
};

export function mustManage(action: ManageAction['action'], room: RoomRecord, role: Role): void {
  if (room.kind === 'direct') {
    throw new Refusal(ErrorCode.FORBIDDEN, `action: ${action} does not apply to a direct room`);
  }
  mustBeOpenForWriting(room);
  const needs = NEEDS[action];
  if (role === 'bot' || RANK[role] < RANK[needs]) {
    throw new Refusal(
      ErrorCode.FORBIDDEN,
      `action: ${action} needs the role ${needs} or higher in this room`,
    );
  }
}

/** Over whom: those of a lower rank. */
export function mustOutrank(role: Role, target: MemberRecord | null): void {
  if (!target) throw new Refusal(ErrorCode.NOT_FOUND, 'user: there is no such member in this room');
  if (RANK[role] <= RANK[target.role]) {
    throw new Refusal(ErrorCode.FORBIDDEN, 'user: has the same role as you, or a higher one');
  }
}

const CHANGES: ReadonlySet<string> = new Set(['recall', 'edit', 'react', 'sys']);

/** What a person reads, as against what changes or announces something. */
export const isContent = (entry: Pick<Entry, 'kind'>): boolean => !CHANGES.has(entry.kind);

/**
 * Reports: taken from members and from the word list with the message as it is then, resolved by moderators, told to
 * whoever reported. A report outlives the message: a recall erases the log, not what a moderator has to judge.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Pushes, ReportAction, ReportReason, RequestBody } from '../../miniprogram/protocol/frames.ts';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import type { Entry, RoomId, Seq, Timestamp, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { isContent } from './access.ts';
import type { Actor } from './messages.ts';
import { type Done, type Order, recordOf } from './order.ts';
import type { Bus, Clock, LogStore, NewId, Report, ReportStore } from './ports.ts';
import type { Sanctioning } from './sanctioning.ts';
import type { Stewardship } from './stewardship.ts';
import { userSubject } from './subjects.ts';

export type Told = Pushes['report'] & { id: string };

export interface Reports {
  /** A second report of the same message by the same person changes nothing. */
  report(actor: Actor, body: RequestBody<'message.report'>): Promise<void>;
  /** The word list or the content check has pointed at a message that was just stored. */
  flag(found: { room: RoomId; seq: Seq; by: 'words' | 'check'; note: string }): Promise<void>;
  /** Acts, then resolves all open reports of that message and tells who reported. `until`: of a mute or a ban. */
  resolve(order: Order, id: string, by: { action: ReportAction; until?: Timestamp }): Promise<Done[]>;
  /** What became of one's reports while one was away. */
  untold(reporter: UserId): Promise<Told[]>;
  told(ids: string[]): Promise<void>;
}

export interface ReportsDeps {
  store: ReportStore & LogStore;
  sanctioning: Sanctioning;
  stewardship: Pick<Stewardship, 'recall'>;
  bus: Pick<Bus, 'publish'>;
  clock: Pick<Clock, 'now'>;
  newId: NewId;
}

/** Of `ReportReason`: what lists are sorted by. */
const REASONS: ReadonlySet<string> = new Set<ReportReason>([
  'spam',
  'abuse',
  'porn',
  'fraud',
  'illegal',
  'other',
]);
/** The message and its neighbours on both sides. */
const CONTEXT = 11;

export function createReports(deps: ReportsDeps): Reports {
  const { store, sanctioning, stewardship, bus, clock, newId } = deps;

  async function take(
    { room, target }: { room: RoomId; target: Seq },
    by: Pick<Report, 'reporter' | 'reason' | 'note'>,
  ): Promise<void> {
    const { entries } = await store.page(room, { around: target, limit: CONTEXT });
    const entry = entries.find(({ seq }) => seq === target);
    if (!entry) throw new Refusal(ErrorCode.NOT_FOUND, 'target: there is no such entry in this room');
    mustBeReportable(entry, by.reporter);
    const against = entry.from;
    await store.addReport({ id: newId(), room, target, against, ...by, ts: clock.now(), context: entries });
  }

  async function resolve(
    order: Order,
    id: string,
    { action, until = FOREVER }: { action: ReportAction; until?: Timestamp },
  ): Promise<Done[]> {
    const report = await store.report(id);
    if (!report) throw new Refusal(ErrorCode.NOT_FOUND, `report: there is no report ${id}`);
    if (report.resolved) throw new Refusal(ErrorCode.CONFLICT, 'report: it was resolved before');
    const acts = await act(order, report, { action, until });
    const { room, target } = report;
    const what = {
      act: 'report.resolve',
      target: id,
      room,
      before: { open: true },
      after: { action, message: target },
    };
    if (order.dryRun) return [...acts, { ...what, done: false }];
    const resolved = { action, by: order.actor, ts: clock.now(), reason: order.reason };
    const done = await store.resolveReports({ room, target }, resolved, recordOf(order, clock, what));
    for (const { id: one, reporter: user } of done) {
      if (user !== '')
        bus.publish(userSubject(user), { type: 'report', user, id: one, room, target, action });
    }
    return [...acts, { ...what, done: true }];
  }

  async function act(
    order: Order,
    { room, target, against: user }: Report,
    { action, until }: { action: ReportAction; until: Timestamp },
  ): Promise<Done[]> {
    switch (action) {
      case 'none':
        return [];
      case 'recall': {
        // Its author may have taken it back meanwhile: then there is nothing left to do.
        const entry = await store.entry(room, target);
        return entry?.recalled ? [] : stewardship.recall(order, room, [target]);
      }
      case 'mute':
      case 'ban':
        if (user === '') throw new Refusal(ErrorCode.BAD_REQUEST, 'action: nobody wrote this message');
        return [await sanctioning.impose(order, action, { user, until })];
    }
  }

  return {
    report: ({ user, room }, { target, reason, note = '' }) =>
      take({ room: room.id, target }, { reporter: user, ...sorted(reason, note) }),
    flag: ({ room, seq, by, note }) => take({ room, target: seq }, { reporter: '', reason: by, note }),
    resolve,

    async untold(reporter) {
      return (await store.untoldReports(reporter)).flatMap(({ id, room, target, resolved }) =>
        resolved ? [{ id, room, target, action: resolved.action }] : [],
      );
    },
    told: (ids) => store.markTold(ids),
  };
}

function mustBeReportable(entry: Entry, reporter: UserId | ''): void {
  if (!isContent(entry)) throw new Refusal(ErrorCode.BAD_REQUEST, 'target: only messages can be reported');
  if (entry.recalled) throw new Refusal(ErrorCode.CONFLICT, 'target: it was recalled before');
  if (entry.from === reporter) throw new Refusal(ErrorCode.BAD_REQUEST, 'target: is your own message');
}

/** A reason of somebody else's client is kept in the words it came in. */
function sorted(reason: string, note: string): Pick<Report, 'reason' | 'note'> {
  if (REASONS.has(reason)) return { reason, note };
  return { reason: 'other', note: note === '' ? reason : `${reason}: ${note}` };
}

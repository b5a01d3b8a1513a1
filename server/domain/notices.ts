/**
 * Tells people who are away of a message to them, as far as they have consented: each consent to a template, given
 * with a tap in the app, pays for one notice. Nothing is spent on whoever is online, has muted the room, or was told
 * of the room a moment ago. Runs beside the sending and never holds it up; what is too much is not told.
 */
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Said } from './content-check.ts';
import type { Clock, CreditStore, Notice, NoticeKind, Notifier, RoomStore, UserStore } from './ports.ts';

export interface Notices {
  /** A message that may be told of. */
  consider(said: Said): void;
  /** The person has accepted these templates; those that are not ours count for nothing. */
  accepted(user: UserId, templates: string[]): Promise<void>;
  drain(): Promise<void>;
}

export interface NoticesDeps {
  store: CreditStore & Pick<RoomStore, 'memberIds' | 'summary'> & Pick<UserStore, 'user'>;
  notifier: Notifier;
  /** On whichever node. */
  isOnline: (user: UserId) => boolean | Promise<boolean>;
  clock: Pick<Clock, 'now'>;
  /** A person is told of one room once in this time. */
  everyMs: number;
  onFault: (reason: unknown) => void;
}

/** Credits of one person and template: WeChat keeps no more in mind either. */
const MOST_CREDITS = 100;
/** Messages under consideration; what comes beyond is told to nobody. */
const MOST_CONSIDERED = 1_000;
/** A mention of all reaches so many. */
const MOST_CALLED = 500;

export function createNotices(deps: NoticesDeps): Notices {
  const { store, notifier, isOnline, clock, everyMs, onFault } = deps;
  const ours = new Set(Object.values(notifier.templates));
  const considered = new Set<Promise<void>>();

  function consider(said: Said): void {
    const kind: NoticeKind = said.peer === undefined ? 'mention' : 'direct';
    const template = notifier.templates[kind];
    const isForSomebody = said.peer !== undefined || said.mentions !== undefined;
    if (template === undefined || !isForSomebody || considered.size >= MOST_CONSIDERED) return;
    const work = tellAll(said, { kind, template })
      .catch(onFault)
      .finally(() => considered.delete(work));
    considered.add(work);
  }

  async function tellAll(said: Said, how: { kind: NoticeKind; template: string }): Promise<void> {
    const called = await calledBy(said);
    if (called.length === 0) return;
    let from: string | undefined;
    for (const user of called) {
      if ((await isOnline(user)) || !(await hasCredit(user, how.template))) continue;
      from ??= (await store.user(said.user))?.name ?? '';
      await tell(user, said, { ...how, from });
    }
  }

  async function calledBy({ user, room, peer, mentions, isOpen }: Said): Promise<UserId[]> {
    if (peer !== undefined) return [peer];
    // In a room that anybody may join, a call to all would wake strangers.
    const everybody = mentions === 'all' ? (isOpen ? [] : await store.memberIds(room)) : (mentions ?? []);
    const others = new Set(everybody);
    others.delete(user);
    return [...others].slice(0, MOST_CALLED);
  }

  async function hasCredit(user: UserId, template: string): Promise<boolean> {
    return (await store.credits(user)).some((credit) => credit.template === template && credit.n > 0);
  }

  async function tell(
    user: UserId,
    { room, utterance }: Said,
    { kind, template, from }: { kind: NoticeKind; template: string; from: string },
  ): Promise<void> {
    const summary = await store.summary(room, user);
    // Not in the room (any more), or does not want to hear of it.
    if (!summary || summary.muted === true) return;
    const now = clock.now();
    const spending = await store.spendCredit({ user, template, room, now, everyMs });
    if (spending !== 'spent') return;
    const text = utterance.kind === 'text' ? utterance.body.text : '';
    const notice: Notice = {
      kind,
      user,
      room,
      roomName: summary.name,
      from,
      text,
      content: utterance.kind,
      ts: now,
    };
    const outcome = await notifier.notify(notice);
    if (outcome === 'refused') await store.dropCredits(user, template);
    if (outcome === 'unsent') await store.addCredit(user, template, MOST_CREDITS);
  }

  async function accepted(user: UserId, templates: string[]): Promise<void> {
    for (const template of new Set(templates)) {
      if (ours.has(template)) await store.addCredit(user, template, MOST_CREDITS);
    }
  }

  async function drain(): Promise<void> {
    while (considered.size > 0) await Promise.all(considered);
  }

  return { consider, accepted, drain };
}

/** Where there is no way to tell anybody. */
export const NO_NOTICES: Notices = {
  consider: () => undefined,
  accepted: () => Promise.resolve(),
  drain: () => Promise.resolve(),
};

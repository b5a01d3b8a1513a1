/**
 * What may be said: the operator's word list first, then a judge outside (WeChat's content check), before a message is
 * stored or after, as the operator wants it. Owns the policy and nothing else: it is told of messages by
 * checked-messages.ts and of names by whoever takes them. Where nobody judged, `fail` decides: `open` lets it be,
 * `closed` does not show it.
 *
 * `before`: admission waits for the verdict, but no longer than a request may; past that the sender is told to come
 * again with the same cid and finds the verdict then. `after`: admission never waits; a verdict that is bad takes the
 * message back, by an entry of the server's own (`from` is empty).
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Cid, RoomId, Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { Log } from './log.ts';
import type { Clock, Inspector, Scene, Verdict } from './ports.ts';
import { mapWords, wordsIn, type Utterance } from './utterance.ts';
import { Verdicts } from './verdicts.ts';

export interface CheckPolicy {
  when: 'off' | 'after' | 'before';
  fail: 'open' | 'closed';
}

/** The operator's word list. Answers at once. */
export interface WordScreen {
  /** `text`: as it may be stored, masked where the list says so. `flag`: may be stored, and a moderator should look. */
  screen(text: string): { action: 'pass' | 'flag' | 'block'; text: string };
}

export interface Said {
  user: UserId;
  room: RoomId;
  cid: Cid;
  utterance: Utterance;
  /** Absent for an edit too: it calls nobody. */
  mentions?: UserId[] | 'all';
  /** The other one, where the room is a direct one. */
  peer?: UserId;
  /** Anybody may join the room. */
  isOpen?: boolean;
}

export interface Admitted {
  /** As it is to be stored. */
  utterance: Utterance;
  /** Why a moderator should look at it, or null. */
  review: Review | null;
  /** Judged already: `stored` need not ask. */
  judged: boolean;
}

export type Review = { by: 'words' } | { by: 'inspector'; label: number };

export interface ContentCheck {
  /** @throws Refusal BLOCKED_CONTENT, or UNAVAILABLE where the verdict is not there yet: the same cid, later */
  admit(said: Said): Admitted | Promise<Admitted>;
  /** It was stored as `seq`; `target` is what it changes, where it is an edit. */
  stored(said: Said, admitted: Admitted, place: { seq: Seq; target?: Seq }): void;
  /** A name of a person or a room, judged before it is taken, by either policy. @throws Refusal as `admit` */
  name(field: string, named: { user: UserId; text: string; scene: Scene }): Promise<string>;
  /**
   * Resolves when no verdict is awaited that a message was stored without. From now on nobody is asked again: where the
   * judge does not answer at once, `fail` decides.
   */
  close(): Promise<void>;
}

/** As `ContentCheck.name`, for those who need no more of it. */
export type CheckName = ContentCheck['name'];

export interface ContentCheckDeps {
  policy: CheckPolicy;
  /** Absent: no word list. */
  words?: WordScreen;
  /** Absent: nobody outside judges, whatever the policy. */
  inspector?: Inspector;
  log: Pick<Log, 'append'>;
  clock: Clock;
  /** A stored message that a moderator should look at. */
  onReview: (found: { room: RoomId; seq: Seq; user: UserId; why: Review }) => void;
  /** A new message may be told of outside the room (it passed, or nothing is checked). Not called for an edit. */
  onCleared?: (said: Said, seq: Seq) => void;
  /** The server took a message back. */
  onRecalled?: (taken: { room: RoomId; seq: Seq; user: UserId; verdict: Verdict }) => void;
  onFault: (reason: unknown) => void;
}

/** A request waits so long for a verdict: the client takes its socket for dead after 5 s. */
export const HOLD_MS = 3_500;
const COME_AGAIN_MS = 1_000;
const COME_LATER_MS = 10_000;
/** Pauses before a verdict that nobody gave is asked for again, where nobody waits for it. */
export const RETRY_MS = [1_000, 5_000, 30_000];
/** Messages stored whose verdict is awaited; what comes beyond is judged by nobody. */
const MOST_AWAITED = 10_000;

export function createContentCheck(deps: ContentCheckDeps): ContentCheck {
  const { policy, words, inspector, log, clock, onReview, onCleared, onRecalled, onFault } = deps;
  const verdicts = new Verdicts(clock);
  const awaited = new Set<Promise<void>>();
  /** Ends the pauses before a judge is asked again. */
  const wakes = new Set<() => void>();
  let closing = false;

  function admit(said: Said): Admitted | Promise<Admitted> {
    const { utterance, flagged } = screened(said.utterance);
    const review: Review | null = flagged ? { by: 'words' } : null;
    if (!inspector || policy.when !== 'before') return { utterance, review, judged: false };
    const text = wordsIn(utterance).join('\n');
    return text === ''
      ? { utterance, review, judged: true }
      : judged(inspector, { said, utterance, review, text });
  }

  function screened(utterance: Utterance): { utterance: Utterance; flagged: boolean } {
    if (!words) return { utterance, flagged: false };
    let flagged = false;
    const masked = mapWords(utterance, (text) => {
      const found = words.screen(text);
      if (found.action === 'block') throw blocked('body');
      flagged ||= found.action === 'flag';
      return found.text;
    });
    return { utterance: masked, flagged };
  }

  async function judged(
    judge: Inspector,
    {
      said,
      utterance,
      review,
      text,
    }: { said: Said; utterance: Utterance; review: Review | null; text: string },
  ): Promise<Admitted> {
    const { user, room, cid } = said;
    const asked = verdicts.of(`${room} ${user} ${cid}`, text, () =>
      judge.text({ user, text, scene: 'message' }),
    );
    const verdict = await verdicts.within(HOLD_MS, asked);
    mustPass('body', verdict);
    return { utterance, review: verdict?.name === 'review' ? byInspector(verdict) : review, judged: true };
  }

  /** @param verdict null: it is not there yet */
  function mustPass(field: string, verdict: Verdict | null): void {
    if (verdict === null) {
      throw new Refusal(ErrorCode.UNAVAILABLE, `${field}: is being checked; send it again`, COME_AGAIN_MS);
    }
    if (verdict.name === 'risky') throw blocked(field);
    if (verdict.name === 'unknown' && policy.fail === 'closed') {
      throw new Refusal(
        ErrorCode.UNAVAILABLE,
        `${field}: cannot be checked now; send it later`,
        COME_LATER_MS,
      );
    }
  }

  function stored(said: Said, admitted: Admitted, { seq, target = seq }: { seq: Seq; target?: Seq }): void {
    const { user, room } = said;
    if (admitted.review) onReview({ room, seq: target, user, why: admitted.review });
    const text = wordsIn(admitted.utterance).join('\n');
    if (!inspector || policy.when !== 'after' || admitted.judged || text === '') {
      if (target === seq) onCleared?.(said, seq);
      return;
    }
    const work = judgeStored(inspector, { said, text, seq, target })
      .catch(onFault)
      .finally(() => awaited.delete(work));
    awaited.add(work);
  }

  async function judgeStored(
    judge: Inspector,
    { said, text, seq, target }: { said: Said; text: string; seq: Seq; target: Seq },
  ): Promise<void> {
    const { user, room } = said;
    const verdict = awaited.size < MOST_AWAITED ? await persistently(judge, { user, text }) : CROWDED;
    if (verdict.name === 'review') onReview({ room, seq: target, user, why: byInspector(verdict) });
    if (verdict.name === 'risky' || (verdict.name === 'unknown' && policy.fail === 'closed')) {
      await takeBack(room, target);
      onRecalled?.({ room, seq: target, user, verdict });
      return;
    }
    if (target === seq) onCleared?.(said, seq);
  }

  async function persistently(
    judge: Inspector,
    { user, text }: { user: UserId; text: string },
  ): Promise<Verdict> {
    for (const pause of [...RETRY_MS, null]) {
      const verdict = await judge.text({ user, text, scene: 'message' });
      const mayChange = verdict.name === 'unknown' && verdict.why !== 'stale';
      if (!mayChange || pause === null || closing) return verdict;
      await paused(pause);
      if (closing) return verdict;
    }
    return CROWDED;
  }

  async function paused(ms: number): Promise<void> {
    let wake = (): void => undefined;
    let undo = (): void => undefined;
    await new Promise<void>((resolve) => {
      wakes.add((wake = resolve));
      undo = clock.after(ms, resolve);
    });
    wakes.delete(wake);
    undo();
  }

  /** The server's own recall. That it was recalled meanwhile by somebody else is as good. */
  async function takeBack(room: RoomId, target: Seq): Promise<void> {
    const change = { type: 'recall', target } as const;
    await log.append(room, { from: '', ts: clock.now(), kind: 'recall', body: {}, target, change });
  }

  async function name(
    field: string,
    { user, text, scene }: { user: UserId; text: string; scene: Scene },
  ): Promise<string> {
    const found = words?.screen(text) ?? { action: 'pass', text };
    if (found.action === 'block') throw blocked(field);
    if (inspector && policy.when !== 'off' && found.text !== '') {
      const asked = verdicts.of(`${field} ${user}`, found.text, () =>
        inspector.text({ user, text: found.text, scene }),
      );
      mustPass(field, await verdicts.within(HOLD_MS, asked));
    }
    return found.text;
  }

  async function close(): Promise<void> {
    closing = true;
    for (const wake of wakes) wake();
    while (awaited.size > 0) await Promise.all(awaited);
  }

  return { admit, stored, name, close };
}

const CROWDED: Verdict = { name: 'unknown', why: 'quota' };

const byInspector = ({ label }: { label: number }): Review => ({ by: 'inspector', label });

const blocked = (field: string): Refusal =>
  new Refusal(ErrorCode.BLOCKED_CONTENT, `${field}: holds what may not be said here`);

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
import type { Cid, FileId, RoomId, Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { filesIn, type FileCheck, type JudgedFile } from './file-check.ts';
import type { Log } from './log.ts';
import type { AwaitedStore, Clock, Inspector, Scene, Verdict } from './ports.ts';
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

interface Asked {
  said: Said;
  utterance: Utterance;
  review: Review | null;
  text: string;
  pictures: JudgedFile[];
}

export type Review = { by: 'words' } | { by: 'inspector'; label: number };

export interface ContentCheck {
  /** @throws Refusal BLOCKED_CONTENT, or UNAVAILABLE where the verdict is not there yet: the same cid, later */
  admit(said: Said): Admitted | Promise<Admitted>;
  /** It was stored as `seq`; `target` is what it changes, where it is an edit. */
  stored(said: Said, admitted: Admitted, place: { seq: Seq; target?: Seq }): void;
  /** A name of a person or a room, judged before it is taken, by either policy. @throws Refusal as `admit` */
  name(field: string, named: { user: UserId; text: string; scene: Scene }): Promise<string>;
  /** A picture that somebody wants to show. Judged by and by; @throws Refusal BLOCKED_CONTENT where it was before */
  avatar(user: UserId, file: FileId): Promise<void>;
  /** A verdict about what was stored a while ago: taken back, or put before a moderator. */
  late(use: { room: RoomId; seq: Seq }, verdict: Verdict): Promise<void>;
  /** A text that was stored without a verdict, by a server that has died since: judged as if it had just been stored. */
  again(said: Said, place: { seq: Seq; target: Seq }): void;
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
  /** Absent: nobody judges files. */
  files?: Pick<FileCheck, 'verdict' | 'used'>;
  /** Where texts wait for their verdict, so that another server can ask where this one dies. Absent: in memory alone. */
  texts?: Pick<AwaitedStore, 'awaitText' | 'settleText'>;
  log: Pick<Log, 'append'>;
  clock: Clock;
  /** A stored message that a moderator should look at. */
  onReview: (found: { room: RoomId; seq: Seq; why: Review }) => void;
  /** A new message may be told of outside the room (it passed, or nothing is checked). Not called for an edit. */
  onCleared?: (said: Said, seq: Seq) => void;
  /** The server took a message back. */
  onRecalled?: (taken: { room: RoomId; seq: Seq; verdict: Verdict }) => void;
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
  const { policy, words, inspector, files, texts, log, clock, onReview, onCleared, onRecalled, onFault } =
    deps;
  const verdicts = new Verdicts(clock);
  const awaited = new Set<Promise<void>>();
  /** Ends the pauses before a judge is asked again. */
  const wakes = new Set<() => void>();
  let closing = false;

  function admit(said: Said): Admitted | Promise<Admitted> {
    const { utterance, flagged } = screened(said.utterance);
    const review: Review | null = flagged ? { by: 'words' } : null;
    if (!inspector || policy.when !== 'before') return { utterance, review, judged: false };
    const asked = { said, utterance, text: wordsIn(utterance).join('\n'), pictures: filesIn(utterance) };
    const isBare = asked.text === '' && asked.pictures.length === 0;
    return isBare ? { utterance, review, judged: true } : judged(inspector, { ...asked, review });
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
    { said, utterance, review, text, pictures }: Asked,
  ): Promise<Admitted> {
    const { user, room, cid } = said;
    let doubt: Verdict | null = null;
    if (text !== '') {
      const key = `${room} ${user} ${cid}`;
      const asked = verdicts.of(key, text, () => judge.text({ user, text, scene: 'message' }));
      doubt = mustPass('body', await verdicts.within(HOLD_MS, asked));
    }
    if (files && pictures.length > 0) {
      doubt = mustPass('body.file', await files.verdict(user, pictures)) ?? doubt;
    }
    return { utterance, review: doubt?.name === 'review' ? byInspector(doubt) : review, judged: true };
  }

  /** @param verdict null: it is not there yet. @returns it, where a moderator should look */
  function mustPass(field: string, verdict: Verdict | null): Verdict | null {
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
    return verdict.name === 'review' ? verdict : null;
  }

  function stored(said: Said, admitted: Admitted, { seq, target = seq }: { seq: Seq; target?: Seq }): void {
    const { user, room } = said;
    if (admitted.review) onReview({ room, seq: target, why: admitted.review });
    const pictures = filesIn(admitted.utterance);
    const text = wordsIn(admitted.utterance).join('\n');
    if (files && policy.when === 'after' && pictures.length > 0) {
      awaits(files.used(user, pictures, { room, seq }));
    }
    if (!inspector || policy.when !== 'after' || admitted.judged || text === '') {
      if (target === seq) onCleared?.(said, seq);
      return;
    }
    awaits(judgeStored(inspector, { said, text, seq, target }));
  }

  /** Lets it go on by itself; `close` waits for it. */
  function awaits(job: Promise<void>): void {
    const work = job.catch(onFault).finally(() => awaited.delete(work));
    awaited.add(work);
  }

  async function judgeStored(
    judge: Inspector,
    { said, text, seq, target }: { said: Said; text: string; seq: Seq; target: Seq },
  ): Promise<void> {
    const { user, room } = said;
    const isCrowded = awaited.size >= MOST_AWAITED;
    const kept = isCrowded ? undefined : texts?.awaitText({ room, seq, asked: clock.now() }).catch(onFault);
    const verdict = isCrowded ? CROWDED : await persistently(judge, { user, text });
    const isTaken = isBad(verdict);
    await kept;
    // Nobody judged, because this server ends: it stays, and the next one asks.
    if (kept && closing && verdict.name === 'unknown' && !isTaken) return;
    await late({ room, seq: target }, verdict);
    if (!isTaken && target === seq) onCleared?.(said, seq);
    if (kept) await texts?.settleText(room, seq);
  }

  function again(said: Said, { seq, target }: { seq: Seq; target: Seq }): void {
    const text = wordsIn(said.utterance).join('\n');
    if (inspector) awaits(judgeStored(inspector, { said, text, seq, target }));
  }

  const isBad = ({ name }: Verdict): boolean =>
    name === 'risky' || (name === 'unknown' && policy.fail === 'closed');

  async function late({ room, seq }: { room: RoomId; seq: Seq }, verdict: Verdict): Promise<void> {
    if (verdict.name === 'review') onReview({ room, seq, why: byInspector(verdict) });
    if (!isBad(verdict)) return;
    await takeBack(room, seq);
    onRecalled?.({ room, seq, verdict });
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

  async function avatar(user: UserId, file: FileId): Promise<void> {
    if (!files || policy.when === 'off') return;
    const verdict = await files.verdict(user, [{ file, media: 'image' }]);
    if (verdict?.name === 'risky') throw blocked('avatar');
  }

  async function close(): Promise<void> {
    closing = true;
    for (const wake of wakes) wake();
    while (awaited.size > 0) await Promise.all(awaited);
  }

  return { admit, stored, name, avatar, late, again, close };
}

const CROWDED: Verdict = { name: 'unknown', why: 'quota' };

const byInspector = ({ label }: { label: number }): Review => ({ by: 'inspector', label });

const blocked = (field: string): Refusal =>
  new Refusal(ErrorCode.BLOCKED_CONTENT, `${field}: holds what may not be said here`);

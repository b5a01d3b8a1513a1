/**
 * Pictures and voices under a judge outside, which takes up to half an hour: asked once a file, however often it is
 * sent. Keeps in the store what is asked and which entries carry the file, so that a verdict finds them all, on
 * whichever node it comes in, and those of a server that was started anew. A verdict that never comes is settled as
 * lost. An avatar that turns out to be risky is taken away.
 */
import type { FileId, RoomId, Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import type {
  Clock,
  FileCheckStore,
  FileInspector,
  FileState,
  FileStore,
  FileUse,
  MediaKind,
  UserStore,
  Verdict,
} from './ports.ts';
import type { Utterance } from './utterance.ts';

export interface JudgedFile {
  file: FileId;
  media: MediaKind;
}

export interface FileCheck {
  /** How things stand with files that are about to be sent; asks about those that nobody asked about. Null: not yet. */
  verdict(user: UserId, files: JudgedFile[]): Promise<Verdict | null>;
  /** The entry carries the files. Where their verdict is there, it is acted upon now, else when it comes. */
  used(user: UserId, files: JudgedFile[], use: FileUse): Promise<void>;
  /** A verdict came. One that nobody waits for changes nothing. */
  settle(trace: string, verdict: Verdict): Promise<void>;
  /** Settles what is overdue; to be called again and again. */
  sweep(): Promise<void>;
}

export interface FileCheckDeps {
  store: FileCheckStore & Pick<FileStore, 'file'> & Pick<UserStore, 'user' | 'changeUser'>;
  inspector: FileInspector;
  clock: Pick<Clock, 'now'>;
  /** What is to be done about an entry that carries a file with this verdict; nothing is to be done about a pass. */
  act: (use: { room: RoomId; seq: Seq }, verdict: Verdict) => Promise<void>;
}

/** WeChat's own promise. */
export const VERDICT_MS = 30 * 60_000;
const SWEPT_AT_ONCE = 100;
const LOST: Verdict = { name: 'unknown', why: 'no-answer' };

/** What of an utterance a judge can look at. */
export function filesIn({ kind, body }: Utterance): JudgedFile[] {
  switch (kind) {
    case 'image':
      return [body.file, body.thumb].flatMap((file) => (file ? [{ file, media: 'image' }] : []));
    case 'voice':
      return [{ file: body.file, media: 'voice' }];
    case 'video':
      return body.poster ? [{ file: body.poster, media: 'image' }] : [];
    default:
      return [];
  }
}

export function createFileCheck({ store, inspector, clock, act }: FileCheckDeps): FileCheck {
  async function verdict(user: UserId, files: JudgedFile[]): Promise<Verdict | null> {
    const states = await Promise.all(files.map((one) => stateOf(user, one)));
    return states.reduce<Verdict | null>(
      (worst, state) => (rankOf(state) > rankOf(worst) ? state : worst),
      PASS,
    );
  }

  async function stateOf(user: UserId, one: JudgedFile): Promise<Verdict | null> {
    const known = await store.fileCheck(one.file);
    // One that was lost may be asked about anew.
    if (known && known.state !== 'lost') return verdictOf(known.state);
    return ask(user, one);
  }

  /** Null: the verdict will come. */
  async function ask(user: UserId, { file, media }: JudgedFile): Promise<Verdict | null> {
    const answer = await inspector.file({ user, file, media });
    if (answer.name === 'exempt') return PASS;
    if (answer.name === 'unknown') return answer;
    await store.openFileCheck({ file, trace: answer.trace, asked: clock.now() });
    return null;
  }

  async function used(user: UserId, files: JudgedFile[], use: FileUse): Promise<void> {
    for (const one of files) {
      const state = await store.useFile(one.file, use);
      const found = state === null || state === 'lost' ? await ask(user, one) : verdictOf(state);
      if (found !== null && found.name !== 'pass') await act(use, found);
    }
  }

  async function settle(trace: string, found: Verdict): Promise<void> {
    const settled = await store.settleFileCheck(trace, found.name === 'unknown' ? 'lost' : found.name);
    if (settled === null || found.name === 'pass') return;
    for (const use of settled.uses) await act(use, found);
    if (found.name === 'risky') await takeAvatar(settled.file);
  }

  async function takeAvatar(file: FileId): Promise<void> {
    const owner = (await store.file(file))?.owner;
    const user = owner === undefined ? null : await store.user(owner);
    if (user?.avatar === file) await store.changeUser(user.id, { avatar: '' });
  }

  async function sweep(): Promise<void> {
    for (const trace of await store.overdueFileChecks(clock.now() - VERDICT_MS, SWEPT_AT_ONCE)) {
      await settle(trace, LOST);
    }
  }

  return { verdict, used, settle, sweep };
}

const PASS: Verdict = { name: 'pass' };
const RANK: Record<Verdict['name'], number> = { pass: 0, review: 1, unknown: 2, risky: 4 };
/** What is not there yet is waited for, unless something risky is there. */
const rankOf = (verdict: Verdict | null): number => (verdict === null ? 3 : RANK[verdict.name]);

/** Null while it is pending. */
function verdictOf(state: FileState): Verdict | null {
  switch (state) {
    case 'pending':
      return null;
    case 'lost':
      return LOST;
    case 'pass':
      return PASS;
    case 'review':
    case 'risky':
      return { name: state, label: 0 };
  }
}

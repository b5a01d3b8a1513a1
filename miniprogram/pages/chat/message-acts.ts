/**
 * What a person does with one message beyond writing: from the sheet, from its mark, from the faces beside it. Asks
 * where something is to be chosen, hands it to the engine, and tells what could not be done.
 */
import type { ChahuaApp, Row } from '../../../typings/app';
import type { ReportReason } from '../../protocol/frames';
import { words } from '../../words/language';
import { contentWords, failureWords } from '../../words/sentences';
import type { RowAction } from './row-actions';

/** What a bubble tells of. */
export interface RowEvent {
  what: 'hold' | 'retry' | 'again' | 'picture' | 'quote' | 'link' | 'react' | 'person' | 'call';
  key: string;
  seq?: number;
  text?: string;
  emoji?: string;
  on?: boolean;
}

/** What only the page can do. */
export interface ActPage {
  room: string;
  reply(seq: number): void;
  edit(seq: number, text: string): void;
  /** One's own text was taken back, and can be written again. */
  tookBack(seq: number, text: string): void;
}

const REASONS: readonly ReportReason[] = ['spam', 'abuse', 'porn', 'fraud', 'illegal', 'other'];
const MINUTE = 60;
const MUTE_SECONDS = { ten: 10 * MINUTE, hour: 60 * MINUTE, day: 1_440 * MINUTE, week: 10_080 * MINUTE };

export async function act(action: RowAction, row: Row, page: ActPage): Promise<void> {
  const { engine } = getApp<ChahuaApp>();
  const { room } = page;
  const { seq = 0, cid = '' } = row;
  const text = contentWords(row.kind, row.body);
  switch (action) {
    case 'reply':
      return page.reply(seq);
    case 'edit':
      return page.edit(seq, text);
    case 'copy':
      return copy(text);
    case 'resend':
      return engine.resend(room, cid);
    case 'discard':
      return engine.discard(room, cid);
    case 'mute':
      return mute(room, row.from);
    case 'report':
      return report(room, seq);
    case 'recall':
      await told(
        engine.recall(room, seq).then(() => row.mine && row.kind === 'text' && page.tookBack(seq, text)),
      );
  }
}

export function react(
  room: string,
  { seq = 0 }: Row,
  { emoji = '', on = false }: { emoji?: string; on?: boolean },
): Promise<void> {
  return told(getApp<ChahuaApp>().engine.react(room, seq, { emoji, on }));
}

export function copy(data: string): void {
  void wx.setClipboardData({ data });
}

/** How long, then the mute. */
async function mute(room: string, user: string): Promise<void> {
  const times = Object.keys(MUTE_SECONDS) as (keyof typeof MUTE_SECONDS)[];
  const time = await choose(times, words.muteTimes);
  if (!time) return;
  const muting = getApp<ChahuaApp>().engine.manage(room, {
    action: 'mute',
    user,
    seconds: MUTE_SECONDS[time],
  });
  await told(muting.then(() => say(words.chat.mutedNow)));
}

/** From the face beside a message. */
export function meet(room: string, user: string): void {
  void wx.navigateTo({ url: `/pages/member/member?room=${room}&user=${user}` });
}

async function report(room: string, seq: number): Promise<void> {
  const names: Record<ReportReason, string> = words.reportReasons;
  const reason = await choose(REASONS, names);
  if (!reason) return;
  await told(
    getApp<ChahuaApp>()
      .engine.report(room, seq, { reason })
      .then(() => say(words.chat.reported)),
  );
}

/** The one that was tapped on WeChat's own sheet; nothing where it was put away. */
async function choose<T extends string>(
  choices: readonly T[],
  names: Readonly<Record<T, string>>,
): Promise<T | undefined> {
  return wx.showActionSheet({ itemList: choices.map((choice) => names[choice]) }).then(
    ({ tapIndex }) => choices[tapIndex],
    () => undefined,
  );
}

export function say(title: string): void {
  void wx.showToast({ title, icon: 'none' });
}

/** Says why, where it could not be done. */
export async function told(done: Promise<unknown>): Promise<void> {
  await done.catch((failure: unknown) => say(failureWords(failure)));
}

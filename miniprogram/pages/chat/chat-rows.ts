/**
 * The rows of a chat as the page shows them. PURE: facts, the time and the seat in, words out. A row carries only what
 * it has to say: what is absent is not sent to the view. What stands above a row (a time, the unread divider, the name
 * that begins a run of messages) is part of it, so a new row changes no other.
 */
import type { Row, State } from '../../../typings/app';
import { fullTime, isSameDay, isolate, pictureOf } from '../../format';
import { everyone, words } from '../../words/language';
import {
  contentWords,
  namesFor,
  noticeWords,
  problemWords,
  quoteWords,
  recallWords,
  type NameOf,
} from '../../words/sentences';
import type { Parcel } from './row-window';
import { textParts, type TextPart } from './text-parts';

export interface ChatRow {
  key: string;
  /** A time above the row. */
  divider?: string;
  /** The unread divider stands above the row. */
  unread?: true;
  /** A notice in words; absent for a message, and then all the rest counts. */
  notice?: string;
  /** One's own text that was taken back can be written again. */
  again?: true;
  mine?: true;
  from?: string;
  /** Name of the sender, for the eye above the bubble or for the ear. */
  person?: string;
  avatar?: string;
  /** The name stands above the bubble. */
  named?: true;
  /** Goes on from the message above: no picture of the sender again. */
  joined?: true;
  text?: string;
  /** Where the text is not all plain. */
  parts?: TextPart[];
  picture?: Picture;
  quote?: string;
  /** The quoted message can be jumped to. */
  quoted?: number;
  edited?: true;
  reactions?: { emoji: string; count: number; mine?: true }[];
  state: Row['state'];
  /** Why it failed, or what is still being done. */
  problem?: string;
  note?: string;
  /** Of one's own in a direct chat. */
  seen?: string;
}

export interface Picture {
  /** '' while it is not known where the picture is. */
  src: string;
  /** Px on screen. */
  w: number;
  h: number;
  /** Of an upload, 0–100. */
  progress?: number;
  /** It cannot be had any more. */
  gone?: true;
}

/** What of the page itself rows depend on. */
export interface Seat {
  room: string;
  now: number;
  /** Unread when the chat was entered; without any there is no divider. */
  unread: number;
  /** Seqs of one's own texts that this page has taken back and can give again. */
  takenBack: ReadonlyMap<number, string>;
}

/** A pause after which the time is told again, and one that ends a run of messages of one sender, in ms. */
const PAUSE = 5 * 60_000;
const RUN_PAUSE = 2 * 60_000;
const QUOTE = 60;
/** Px: the longer edge of a picture, and what the shorter one has at least. */
const PICTURE_EDGE = 180;
const PICTURE_LEAST = 48;
/** A send that takes longer where messages are checked first is being checked. */
const CHECKED_AFTER = 1_500;

interface Reading {
  state: Readonly<State>;
  seat: Seat;
  me: string;
  nameOf: NameOf;
  rows: readonly Row[];
  isDirect: boolean;
  firstUnread: number;
  seen: ReadonlyMap<string, string>;
}

/** @param rows all that are loaded @param parcel those that are shown */
export function createRowView(state: Readonly<State>, seat: Seat): (parcel: Parcel) => ChatRow[] {
  const chat = state.chats[seat.room];
  const rows = chat?.rows ?? [];
  const me = state.session.name === 'signed-in' ? state.session.user.id : '';
  const room = state.rooms[seat.room];
  const isDirect = room?.kind === 'direct';
  const reading: Reading = {
    state,
    seat,
    me,
    nameOf: namesFor(state.people, me),
    rows,
    isDirect,
    firstUnread: chat && seat.unread > 0 ? findFirstUnread(chat) : -1,
    seen: isDirect ? seenMarks(rows, room.peerRead ?? 0) : new Map(),
  };
  return ({ from, to }) => rows.slice(from, to).map((row, index) => chatRow(row, from + index, reading));
}

/** Index of the row above which the read part ends; -1 while that is still above the first. */
function findFirstUnread({ rows, older, enteredAt }: NonNullable<State['chats'][string]>): number {
  const first = rows.findIndex(({ seq, mine }) => seq !== undefined && seq > enteredAt && !mine);
  const startsHere = first !== 0 || rows[0]?.seq === enteredAt + 1 || older === 'none';
  return startsHere ? first : -1;
}

/** The newest of one's own that the peer has read says so, and the newest of all where it is not read yet. */
function seenMarks(rows: readonly Row[], peerRead: number): Map<string, string> {
  const marks = new Map<string, string>();
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (!row?.mine || row.state !== 'sent' || row.seq === undefined || row.recalled || row.kind === 'sys')
      continue;
    if (row.seq <= peerRead) {
      marks.set(row.key, words.bubble.read);
      break;
    }
    if (marks.size === 0) marks.set(row.key, words.bubble.unread);
    if (rows.length - at > 200) break;
  }
  return marks;
}

function chatRow(row: Row, index: number, reading: Reading): ChatRow {
  const { rows, seat } = reading;
  const previous = rows[index - 1];
  const starts = !previous || !isSameDay(previous.ts, row.ts) || row.ts - previous.ts > PAUSE;
  const isUnread = index === reading.firstUnread;
  const above = {
    key: row.key,
    state: row.state,
    ...(starts && { divider: fullTime(row.ts, seat.now) }),
    ...(isUnread && { unread: true as const }),
  };
  if (isNotice(row)) return { ...above, ...notice(row, reading) };
  const joined =
    !starts &&
    !isUnread &&
    !isNotice(previous) &&
    previous.from === row.from &&
    row.ts - previous.ts < RUN_PAUSE;
  return { ...above, ...message(row, joined, reading) };
}

function isNotice(row: Row): boolean {
  return row.kind === 'sys' || row.recalled === true;
}

function notice(row: Row, { nameOf, seat }: Reading): Pick<ChatRow, 'notice' | 'again'> {
  if (!row.recalled) return { notice: noticeWords({ from: row.from, body: row.body }, nameOf, seat.now) };
  return {
    notice: recallWords(row.recalledBy ?? row.from, row.from, nameOf),
    ...(seat.takenBack.has(row.seq ?? 0) && { again: true }),
  };
}

function message(row: Row, joined: boolean, reading: Reading): Omit<ChatRow, 'key' | 'state'> {
  const { state, isDirect, seat } = reading;
  const person = state.people[row.from];
  const avatar = pictureOf(state.files, person);
  const seen = reading.seen.get(row.key);
  const problem = row.state === 'failed' ? problemWords(row, seat.now) : '';
  const isChecked =
    row.state === 'sending' &&
    state.check === 'before' &&
    seat.now - row.ts > CHECKED_AFTER &&
    !isWaiting(state);
  return {
    from: row.from,
    person: person?.name ?? words.names.stranger,
    ...(row.mine && { mine: true }),
    ...(avatar && !joined && { avatar }),
    ...(joined && { joined: true }),
    ...(!row.mine && !isDirect && !joined && { named: true }),
    ...content(row, reading),
    ...(row.reply !== undefined && quotation(row.reply, reading)),
    ...(row.edited !== undefined && { edited: true }),
    ...(row.reactions && {
      reactions: row.reactions.map(({ emoji, count, mine }) => ({ emoji, count, ...(mine && { mine }) })),
    }),
    ...(problem && { problem }),
    ...(isChecked && { note: words.bubble.checking }),
    ...(seen && { seen }),
  };
}

function isWaiting({ link }: Readonly<State>): boolean {
  return link.name !== 'live';
}

function content(row: Row, reading: Reading): Pick<ChatRow, 'text' | 'parts' | 'picture'> {
  if (row.kind === 'image') return { picture: picture(row, reading.state) };
  const text = contentWords(row.kind, row.body);
  const parts = row.kind === 'text' ? textParts(text, callsIn(row, reading)) : [];
  return parts.length > 0 ? { text, parts } : { text };
}

function callsIn({ mentions }: Row, { state, me }: Reading): { name: string; isMe: boolean }[] {
  if (mentions === 'all') return everyone.map((name) => ({ name, isMe: true }));
  return (mentions ?? []).flatMap((id) => {
    const name = state.people[id]?.name;
    return name === undefined ? [] : [{ name, isMe: id === me }];
  });
}

/** Within a square, however wide or high it is; a strip is cut at its ends. */
function picture({ body, local, progress, state: way }: Row, { files }: Readonly<State>): Picture {
  const known = typeof body['file'] === 'string' ? files[body['file']] : undefined;
  const src = local ?? known?.url ?? '';
  const [w, h] = [edge(body['w']), edge(body['h'])];
  const scale = Math.min(1, PICTURE_EDGE / Math.max(w, h));
  const fit = (side: number): number => Math.round(Math.max(PICTURE_LEAST, side * scale));
  return {
    src,
    w: fit(w),
    h: fit(h),
    ...(progress !== undefined && way === 'sending' && { progress }),
    ...(src === '' && known && { gone: true }),
  };
}

function edge(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : PICTURE_EDGE;
}

function quotation(seq: number, { rows, nameOf }: Reading): Pick<ChatRow, 'quote' | 'quoted'> {
  const target = findSeq(rows, seq);
  if (!target) return { quote: quoteWords(undefined), quoted: seq };
  const said = contentWords(target.kind, target.body).replace(/\s+/g, ' ');
  const quote = quoteWords({
    name: nameOf(target.from),
    words: isolate([...said].slice(0, QUOTE).join('')),
    recalled: target.recalled === true,
  });
  return { quote, quoted: seq };
}

/** Rows are in the order of seq, those without one last. */
export function findSeq(rows: readonly Row[], seq: number): Row | undefined {
  const at = indexOfSeq(rows, seq);
  return rows[at]?.seq === seq ? rows[at] : undefined;
}

/** The row of `seq`, or where it has none, the first behind it. */
export function indexOfSeq(rows: readonly Row[], seq: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? Infinity) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What a chat shows of the tree. PURE: facts, the time and the seat in, words out. One row of the tree is one
 * row here, with the same key; what stands above it (a time, the unread divider) is part of it.
 */
import type { ChatView, RoomView, Row, State } from '../../../typings/app';
import { fullTime, isSameDay } from '../../format';
import { words } from '../../words/language';
import {
  connectionBar,
  contentWords,
  errorWords,
  hintWords,
  namesFor,
  noticeWords,
  presenceWords,
  quoteWords,
  recallWords,
  typingWords,
  type Bar,
  type NameOf,
} from '../../words/sentences';

export interface Seat {
  room: string;
  now: number;
  /** Unread when the chat was entered; without any there is no divider. */
  unread: number;
}

export interface ChatRow {
  key: string;
  /** A time above the row; '' for none. */
  divider: string;
  /** The unread divider stands above the row. */
  unread: boolean;
  /** A notice in words; '' for a message, and then all the rest counts. */
  notice: string;
  mine: boolean;
  from: string;
  person: string;
  avatar: string;
  named: boolean;
  text: string;
  quote: string;
  edited: boolean;
  state: Row['state'];
  problem: string;
}

export interface ChatPageView {
  title: string;
  bar: Bar;
  /** The line under the title, and whether it leads to the members. */
  about: string;
  hasMembers: boolean;
  older: ChatView['older'];
  rows: ChatRow[];
  typing: string;
  hint: string;
  closed: string;
  limit: number;
}

/** A pause after which the time is told again, in ms. */
const PAUSE = 5 * 60_000;
/** Until the server has told its limit, the composer sets none. */
const NO_LIMIT = 1_000_000;
const QUOTE = 60;

export function chatView(state: Readonly<State>, seat: Seat): ChatPageView {
  const room = state.rooms[seat.room];
  const chat = state.chats[seat.room];
  const nameOf = namesFor(state.people, myId(state));
  return {
    title: room?.name ?? '',
    bar: connectionBar(state),
    ...aboutRoom(room, seat.now),
    older: chat?.older ?? 'unknown',
    rows: chat ? chatRows(chat, { state, seat, nameOf, isDirect: room?.kind === 'direct' }) : [],
    typing: typingWords(room?.typing ?? [], nameOf),
    hint: hintWords({ mutedUntil: room?.mutedUntil ?? 0, slowSeconds: room?.slowSeconds ?? 0 }, seat.now),
    closed: closedWords(state, room),
    limit: state.limits?.text ?? NO_LIMIT,
  };
}

export function myId(state: Readonly<State>): string {
  return state.session.name === 'signed-in' ? state.session.user.id : '';
}

function aboutRoom(room: RoomView | undefined, now: number): Pick<ChatPageView, 'about' | 'hasMembers'> {
  if (!room) return { about: '', hasMembers: false };
  if (room.kind !== 'direct') return { about: words.rooms.members(room.members), hasMembers: true };
  const peer = { online: room.online === true, lastSeen: room.lastSeen ?? 0 };
  return { about: presenceWords(peer, now), hasMembers: false };
}

/** A room may be unknown only because the line is not up yet. */
function closedWords({ session, link }: Readonly<State>, room: RoomView | undefined): string {
  if (session.name !== 'signed-in') return words.chat.apart;
  if (room) return room.closed ? words.chat.closed : '';
  return link.name === 'live' ? words.chat.gone : '';
}

interface Reading {
  state: Readonly<State>;
  seat: Seat;
  nameOf: NameOf;
  isDirect: boolean;
}

function chatRows(chat: ChatView, reading: Reading): ChatRow[] {
  const firstUnread = reading.seat.unread > 0 ? findFirstUnread(chat) : '';
  const bySeq = new Map(chat.rows.map((row) => [row.seq, row]));
  return chat.rows.map((row, index) => {
    const previous = chat.rows[index - 1];
    const starts = !previous || !isSameDay(previous.ts, row.ts) || row.ts - previous.ts > PAUSE;
    return {
      ...chatRow(row, bySeq, reading),
      divider: starts ? fullTime(row.ts, reading.seat.now) : '',
      unread: row.key === firstUnread,
    };
  });
}

/** Where the read part ends on screen; '' while that is still above the first row. */
function findFirstUnread({ rows, older, enteredAt }: ChatView): string {
  const isUnread = ({ seq, mine }: Row) => seq !== undefined && seq > enteredAt && !mine;
  const first = rows.find(isUnread);
  const startsHere = first !== rows[0] || first?.seq === enteredAt + 1 || older === 'none';
  return first && startsHere ? first.key : '';
}

function chatRow(row: Row, bySeq: ReadonlyMap<number | undefined, Row>, reading: Reading) {
  const { state, nameOf, isDirect } = reading;
  const person = state.people[row.from];
  const isNotice = row.kind === 'sys' || row.recalled === true;
  return {
    key: row.key,
    notice: isNotice ? noticeOf(row, reading) : '',
    mine: row.mine,
    from: row.from,
    person: person?.name ?? '',
    avatar: person?.avatar ?? '',
    named: !row.mine && !isDirect,
    text: isNotice ? '' : contentWords(row.kind, row.body),
    quote: row.reply === undefined ? '' : quoteOf(bySeq.get(row.reply), nameOf),
    edited: row.edited !== undefined,
    state: row.state,
    problem: row.state === 'failed' ? errorWords(row.error ?? '') : '',
  };
}

function noticeOf(row: Row, { nameOf, seat }: Reading): string {
  if (row.recalled) return recallWords(row.recalledBy ?? row.from, row.from, nameOf);
  return noticeWords({ from: row.from, body: row.body }, nameOf, seat.now);
}

function quoteOf(target: Row | undefined, nameOf: NameOf): string {
  if (!target) return quoteWords(undefined);
  const line = contentWords(target.kind, target.body).slice(0, QUOTE);
  return quoteWords({ name: nameOf(target.from), words: line, recalled: target.recalled === true });
}

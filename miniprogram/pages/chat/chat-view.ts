/**
 * What a chat shows of the tree besides its rows (chat-rows.ts). PURE: facts, the time and the seat in, words out.
 */
import type { ChatView, DraftView, RoomView, Row, State } from '../../../typings/app';
import { words } from '../../words/language';
import {
  connectionBar,
  contentWords,
  mutedHintWords,
  namesFor,
  presenceWords,
  quoteWords,
  slowHintWords,
  typingWords,
  type Bar,
} from '../../words/sentences';
import { createRowView, findSeq, indexOfSeq, type ChatRow, type Seat } from './chat-rows';
import { last, SLOTS, type Parcel, type RowWindow, type Slot } from './row-window';

export interface ChatPageView {
  title: string;
  bar: Bar;
  /** The line under the title, which leads to what there is to know of the chat. */
  about: string;
  /** There are others to call by name. */
  hasMembers: boolean;
  older: ChatView['older'];
  newer: ChatView['newer'];
  /** The parcels on the page, in order, and their rows by slot. */
  order: Pick<Parcel, 'id' | 'slot'>[];
  parcels: Record<Slot, ChatRow[]>;
  isEmpty: boolean;
  /** The rows on the page end with the newest. */
  isOpen: boolean;
  /** Unread that came while one reads higher up. */
  fresh: number;
  typing: string;
  hint: string;
  closed: string;
  /** Why nothing can be sent just now, and for how many seconds; 0 where that is not known or not soon. */
  blocked: string;
  wait: number;
  limit: number;
}

/** Until the server has told its limit, the composer sets none. */
const NO_LIMIT = 1_000_000;
/** Longer waits are told as a time, not counted down. */
const LONGEST_COUNTDOWN = 3_600_000;

export interface Looking extends Seat {
  place: { window: RowWindow; isAtEnd: boolean };
}

export function chatView(state: Readonly<State>, looking: Looking): ChatPageView {
  const { now, place } = looking;
  const { window, isAtEnd } = place;
  const room = state.rooms[looking.room];
  const chat = state.chats[looking.room];
  const rows = chat?.rows ?? [];
  const nameOf = namesFor(state.people, myId(state));
  const parcels = window.over(rows, isAtEnd);
  const rowsOf = createRowView(state, looking);
  const bySlot = Object.fromEntries(SLOTS.map((slot) => [slot, [] as ChatRow[]])) as Record<Slot, ChatRow[]>;
  for (const parcel of parcels) bySlot[parcel.slot] = rowsOf(parcel);
  return {
    title: room?.name ?? '',
    bar: connectionBar(state, now),
    ...aboutRoom(room, now),
    older: aboveWindow(chat, parcels[0]),
    newer: window.isOpen ? (chat?.newer ?? 'none') : 'more',
    order: parcels.map(({ id, slot }) => ({ id, slot })),
    parcels: bySlot,
    isEmpty: rows.length === 0,
    isOpen: window.isOpen && (chat?.newer ?? 'none') === 'none',
    fresh: isAtEnd ? 0 : (room?.unread ?? 0),
    typing: typingWords(room?.typing ?? [], nameOf),
    hint: slowHintWords(room?.slowSeconds ?? 0),
    closed: closedWords(state, room),
    ...blocking(state, room, now),
    limit: state.limits?.text ?? NO_LIMIT,
  };
}

/** What is loaded and not on the page will be there before anybody sees that it was missing. */
function aboveWindow(chat: ChatView | undefined, top: Parcel | undefined): ChatView['older'] {
  if (!chat) return 'unknown';
  return top && top.from > 0 && chat.older === 'none' ? 'more' : chat.older;
}

export function myId(state: Readonly<State>): string {
  return state.session.name === 'signed-in' ? state.session.user.id : '';
}

function aboutRoom(room: RoomView | undefined, now: number): Pick<ChatPageView, 'about' | 'hasMembers'> {
  if (!room) return { about: '', hasMembers: false };
  if (room.kind !== 'direct') return { about: words.rooms.members(room.members), hasMembers: true };
  const peer = { online: room.online === true, lastSeen: room.lastSeen ?? 0 };
  return { about: presenceWords(peer, now) || words.room.title, hasMembers: false };
}

/** A room may be unknown only because the line is not up yet. */
function closedWords({ session, link }: Readonly<State>, room: RoomView | undefined): string {
  if (session.name !== 'signed-in') return words.chat.apart;
  if (room) return room.closed ? words.chat.closed : '';
  return link.name === 'live' ? words.chat.gone : '';
}

/** What keeps one from sending: a mute, or in slow mode one's own last message. */
function blocking(
  state: Readonly<State>,
  room: RoomView | undefined,
  now: number,
): Pick<ChatPageView, 'blocked' | 'wait'> {
  if (!room) return { blocked: '', wait: 0 };
  const { mutedUntil = 0, muteReason } = room;
  const muted = mutedUntil - now;
  if (muted > 0) {
    const isSoon = muted < LONGEST_COUNTDOWN;
    return {
      blocked: mutedHintWords(mutedUntil, now, muteReason),
      wait: isSoon ? Math.ceil(muted / 1000) : 0,
    };
  }
  const slow = slowLeft(state, room, now);
  return slow > 0 ? { blocked: words.chat.slowWait(slow), wait: slow } : { blocked: '', wait: 0 };
}

/** Seconds. A phone whose clock is wrong waits too long or too short, but never longer than the room asks. */
function slowLeft({ chats }: Readonly<State>, room: RoomView, now: number): number {
  const seconds = room.slowSeconds ?? 0;
  if (seconds === 0 || room.role === 'owner' || room.role === 'admin') return 0;
  const rows = chats[room.id]?.rows ?? [];
  for (let at = rows.length - 1; at >= 0 && at > rows.length - 200; at -= 1) {
    const row = rows[at];
    if (!row?.mine || row.kind === 'sys' || row.state === 'failed') continue;
    return Math.min(seconds, Math.max(0, Math.ceil((row.ts + seconds * 1000 - now) / 1000)));
  }
  return 0;
}

/** Fewer unread than this are on screen anyway when the chat opens. */
const SCREENFUL = 8;

/** A way to a message of those that were unread on entering; its seq is 0 where none is wanted. */
export interface Jump {
  seq: number;
  text: string;
  label: string;
}

/** To the one that calls this person, else to the first. @param before the room as it was on entering */
export function jumpFor(rows: readonly Row[], before: RoomView | undefined): Jump {
  const { unread = 0, read = 0, called } = before ?? {};
  const { chat } = words;
  if (called !== undefined && indexOfSeq(rows, called) < rows.length - SCREENFUL)
    return { seq: called, text: chat.called, label: chat.toCall };
  if (unread <= SCREENFUL) return { seq: 0, text: '', label: '' };
  return { seq: read + 1, text: chat.unread(unread), label: chat.toUnread };
}

/** What is answered or edited, in a line above the composer. */
export function writingWords(state: Readonly<State>, room: string, { reply, edit }: DraftView): string {
  const seq = edit ?? reply;
  if (seq === undefined) return '';
  const row = findSeq(state.chats[room]?.rows ?? [], seq);
  const nameOf = namesFor(state.people, myId(state));
  return quoteWords(
    row && {
      name: nameOf(row.from),
      words: contentWords(row.kind, row.body).slice(0, QUOTE),
      recalled: row.recalled === true,
    },
  );
}

const QUOTE = 80;

/** The files and faces that are on the page: their addresses are wanted. */
export function wantedFiles(
  state: Readonly<State>,
  room: string,
  { window, isAtEnd }: Looking['place'],
): { files: string[]; faces: string[] } {
  const files = new Set<string>();
  const faces = new Set<string>();
  const rows = state.chats[room]?.rows ?? [];
  const parcels = window.over(rows, isAtEnd);
  for (const row of rows.slice(parcels[0]?.from ?? 0, last(parcels)?.to ?? 0)) {
    if (row.kind === 'image' && typeof row.body['file'] === 'string' && row.body['file'])
      files.add(row.body['file']);
    const face = state.people[row.from]?.avatar;
    if (face) faces.add(face);
  }
  return { files: [...files], faces: [...faces] };
}

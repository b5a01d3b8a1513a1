/** What the list of rooms shows of the tree. PURE: facts and the time in, words out. */
import type { RoomView, State } from '../../../typings/app';
import { badge, listTime, pictureOf } from '../../format';
import { words } from '../../words/language';
import {
  connectionBar,
  contentWords,
  namesFor,
  noticeWords,
  recallWords,
  roomMarkWords,
  typingWords,
  type Bar,
  type NameOf,
} from '../../words/sentences';

export interface RoomItem {
  key: string;
  name: string;
  avatar: string;
  /** What colours the letter that stands in for a picture. */
  seed: string;
  /** What stands before the line in another colour. */
  mark: string;
  line: string;
  time: string;
  /** Unread, for the eye; '' for none. */
  badge: string;
  /** All of it, for the ear. */
  spoken: string;
  muted: boolean;
  pinned: boolean;
}

export interface RoomsView {
  session: State['session']['name'];
  bar: Bar;
  rooms: RoomItem[];
}

/** Longest line that can be on screen, in UTF-16 units; the rest of a long text stays where it is. */
const LINE = 80;

export function roomsView(state: Readonly<State>, now: number): RoomsView {
  const me = state.session.name === 'signed-in' ? state.session.user.id : '';
  const nameOf = namesFor(state.people, me);
  const rooms = state.order.flatMap((id) => {
    const room = state.rooms[id];
    return room ? [roomItem(room, { me, nameOf, now, files: state.files, drafts: state.drafts })] : [];
  });
  return { session: state.session.name, bar: connectionBar(state), rooms };
}

interface Reader {
  files: State['files'];
  drafts: State['drafts'];
  me: string;
  nameOf: NameOf;
  now: number;
}

function roomItem(room: RoomView, reader: Reader): RoomItem {
  const called = isCalled(room, reader.me);
  const draft = called || room.waiting > 0 ? '' : (reader.drafts[room.id]?.text.trim() ?? '');
  const mark = roomMarkWords({
    waiting: room.waiting,
    failed: room.failed ?? 0,
    called,
    draft: draft !== '',
  });
  const line = (draft || lineOf(room, reader)).slice(0, LINE);
  const time = room.activity > 0 ? listTime(room.activity, reader.now) : '';
  const unread = room.unread > 0 ? words.rooms.unread(room.unread) : '';
  return {
    key: room.id,
    name: room.name || words.rooms.unnamed,
    avatar: pictureOf(reader.files, room.avatar === undefined ? room.peer : room),
    seed: room.peer?.id ?? room.id,
    mark,
    line,
    time,
    badge: badge(room.unread),
    spoken: words.rooms.spoken(
      [room.name, unread, mark + line, time, room.muted ? words.rooms.muted : ''].filter(
        (part) => part !== '',
      ),
    ),
    muted: room.muted === true,
    pinned: room.pinned === true,
  };
}

/** An unread message names this person; after a start of the app only the newest is known. */
function isCalled({ unread, called, last }: RoomView, me: string): boolean {
  if (called !== undefined) return true;
  return unread > 0 && (last?.mentions === 'all' || last?.mentions?.includes(me) === true);
}

function lineOf({ kind, typing, last }: RoomView, { me, nameOf, now }: Reader): string {
  if (typing.length > 0) return typingWords(typing, nameOf);
  if (!last) return '';
  const body = last.body as Record<string, unknown>;
  if (last.recalled) return recallWords(last.from, last.from, nameOf);
  if (last.kind === 'sys') return noticeWords({ from: last.from, body }, nameOf, now);
  const content = contentWords(last.kind, body);
  const isPlain = kind === 'direct' || last.from === me || last.from === '';
  return isPlain ? content : words.rooms.line(nameOf(last.from), content);
}

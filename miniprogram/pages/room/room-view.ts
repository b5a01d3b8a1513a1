/** What the page about a room shows: of the tree, and of the members and pins that were asked for. PURE. */
import type { Hit, Member, Role, RoomView, State } from '../../../typings/app';
import { words } from '../../words/language';
import { contentWords, namesFor, roleWords } from '../../words/sentences';

export interface FaceItem {
  key: string;
  name: string;
  /** A file. */
  avatar: string;
  role: string;
  spoken: string;
}

export interface PinItem {
  key: string;
  seq: number;
  from: string;
  line: string;
}

export interface RoomPageView {
  isGroup: boolean;
  name: string;
  allMembers: string;
  closed: boolean;
  muted: boolean;
  pinned: boolean;
  slow: string;
  mayInvite: boolean;
  mayRename: boolean;
  mayKeep: boolean;
  mayClose: boolean;
}

const KEEPERS: readonly (Role | 'none')[] = ['owner', 'admin'];
const LINE = 80;

/** In seconds; 0 is off. In the order offered. */
export const SLOW_STEPS = [0, 5, 15, 30, 60, 300] as const;

export function slowWords(seconds: number): string {
  return seconds > 0 ? words.room.slowFor(seconds) : words.room.slowOff;
}

export function roomPageView(room: RoomView | undefined): RoomPageView {
  const isGroup = room !== undefined && room.kind !== 'direct';
  const isOpenForActs = isGroup && room.closed !== true;
  const role = room?.role ?? 'none';
  const keeps = isOpenForActs && KEEPERS.includes(role);
  return {
    isGroup,
    name: room?.name ?? '',
    allMembers: words.room.members(room?.members ?? 0),
    closed: room?.closed === true,
    muted: room?.muted === true,
    pinned: room?.pinned === true,
    slow: slowWords(room?.slowSeconds ?? 0),
    mayInvite: isOpenForActs && role !== 'bot' && role !== 'none',
    mayRename: keeps,
    mayKeep: keeps,
    mayClose: isOpenForActs && role === 'owner',
  };
}

export function faceOf({ user, role }: Member): FaceItem {
  const title = roleWords(role);
  const spoken = words.rooms.spoken([user.name, title].filter((part) => part !== ''));
  return { key: user.id, name: user.name, avatar: user.avatar ?? '', role: title, spoken };
}

export function pinOf({ seq, from, kind, body }: Hit, state: Readonly<State>): PinItem {
  const me = state.session.name === 'signed-in' ? state.session.user.id : '';
  const name = from === '' ? '' : namesFor(state.people, me)(from);
  return { key: `p${seq}`, seq, from: name, line: contentWords(kind, body).slice(0, LINE) };
}

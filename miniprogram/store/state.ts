/**
 * The one tree that pages show, and how it looks before anything is known. The engine writes it, pages read it by
 * path through page-store.ts. Its shape is the engine's to say (sync/view.ts); this file adds the beginning.
 */
import type { State } from '../sync/view';

export type {
  BarredView,
  ChatView,
  DraftView,
  FileView,
  LinkView,
  ReactionView,
  RecordName,
  RoomView,
  Row,
  SessionView,
  State,
  View,
} from '../sync/view';

export const EMPTY_STATE: Readonly<State> = {
  session: { name: 'unknown' },
  link: { name: 'idle' },
  waiting: 0,
  storageFull: false,
  unread: 0,
  order: [],
  rooms: {},
  chats: {},
  people: {},
  files: {},
  drafts: {},
};

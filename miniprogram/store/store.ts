/**
 * Owns the tree. Every change replaces the values along its path and leaves all others as they were, so that a
 * reader compares by identity. Listeners hear of all changes of a tick at once, with the paths, after the tick in
 * which they were made; a reader of `state` sees them at once. Never calls setData: that is page-store's.
 */
import { EMPTY_STATE } from './state';
import type { RecordName, State, View } from './state';

export type Undo = () => void;

/** `link`, `order`, `rooms.ROOM` … */
export type Path = Exclude<keyof State, RecordName> | `${RecordName}.${string}`;

export type Listener = (changed: ReadonlySet<Path>) => void;

export interface Store extends View {
  subscribe(listener: Listener): Undo;
}

/** @param nextTick runs what it is given soon, once: `wx.nextTick` on a phone */
export function createStore(nextTick: (run: () => void) => void): Store {
  let state: Readonly<State> = EMPTY_STATE;
  let changed = new Set<Path>();
  const listeners = new Set<Listener>();

  function note(path: Path): void {
    if (changed.size === 0) nextTick(tell);
    changed.add(path);
  }

  function tell(): void {
    const told = changed;
    changed = new Set();
    // A listener may leave while we are at it; one that comes now has read the state as it is.
    for (const listener of [...listeners]) {
      if (listeners.has(listener)) listener(told);
    }
  }

  return {
    get state() {
      return state;
    },

    set(name, value) {
      if (Object.is(state[name], value)) return;
      state = { ...state, [name]: value };
      note(name);
    },

    put(name, id, value) {
      const record: Record<string, unknown> = state[name];
      if (Object.is(record[id], value)) return;
      state = { ...state, [name]: { ...record, [id]: value } };
      note(`${name}.${id}`);
    },

    remove(name, id) {
      if (!(id in state[name])) return;
      const rest = Object.entries(state[name]).filter(([other]) => other !== id);
      state = { ...state, [name]: Object.fromEntries<unknown>(rest) };
      note(`${name}.${id}`);
    },

    clear() {
      const before = state;
      state = EMPTY_STATE;
      for (const name of Object.keys(before) as (keyof State)[]) {
        if (isRecord(name)) Object.keys(before[name]).forEach((id) => note(`${name}.${id}`));
        else note(name);
      }
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isRecord(name: keyof State): name is RecordName {
  return name === 'rooms' || name === 'chats' || name === 'people' || name === 'files' || name === 'drafts';
}

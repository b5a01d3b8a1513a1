/**
 * Keeps a page at what it selects from the tree, by the smallest setData, at most one a tick: crossing from logic to
 * view is the expensive call on this platform. Never sends what the page shows already.
 */
import { diff } from './diff';
import type { State } from './state';
import type { Store, Undo } from './store';

/** Of a Page or a Component: the one method used. */
export interface Showing {
  setData(changes: Record<string, unknown>): void;
}

/** A page that is kept at what it selects. */
export interface Watched {
  /** For what is selected by more than the tree: the time, a place on the page. */
  refresh(): void;
  /** Covered by another page: nothing is selected or sent until `show`, which sends what was missed at once. */
  hide(): void;
  show(): void;
  undo: Undo;
}

/**
 * Shows `select(state)` in the page's data, now and after every change, until undone (in `onUnload`). `select` is
 * pure and cheap; what it takes from the tree it passes on as it is, so that unchanged parts are seen to be so.
 * Lists of things that move bear a `key` in each element.
 */
export function watch(page: Showing, store: Store, select: (state: Readonly<State>) => object): Watched {
  let shown: object = {};
  let isHidden = false;

  function update(): void {
    if (isHidden) return;
    const next = select(store.state);
    const changes = diff(shown, next);
    shown = next;
    if (Object.keys(changes).length > 0) page.setData(changes);
  }

  update();
  return {
    undo: store.subscribe(update),
    refresh: update,
    hide() {
      isHidden = true;
    },
    show() {
      isHidden = false;
      update();
    },
  };
}

/** `watch`, for what only the tree decides. */
export function connect(page: Showing, store: Store, select: (state: Readonly<State>) => object): Undo {
  return watch(page, store, select).undo;
}

/** Runs `run` each time that the connection has come up: what failed without one may be tried again by itself. */
export function whenLive(store: Store, run: () => void): Undo {
  return store.subscribe((changed) => {
    if (changed.has('link') && store.state.link.name === 'live') run();
  });
}

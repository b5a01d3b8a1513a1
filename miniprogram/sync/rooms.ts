/**
 * Owns the list of rooms as it is shown: each room's summary kept true by what arrives, the unread counts, the order.
 * Promises that an entry counts once: what a summary has counted already, up to its head, is not counted again.
 */
import type { Entry, RoomId, RoomSummary, Seq, SysBody, Timestamp, UserId } from '../protocol/objects';
import { hasRow, isContent } from './row';
import type { RoomView, View } from './view';

const MAX_KEPT_CHARACTERS = 1_000;

/** Counts others' messages in (after, upTo]; null where that is not known here. */
export type CountUnread = (after: Seq, upTo: Seq) => number | null;

export class Rooms {
  readonly #view: View;
  readonly #me: UserId;

  constructor(view: View, me: UserId) {
    this.#view = view;
    this.#me = me;
  }

  get(room: RoomId): RoomView | undefined {
    return this.#view.state.rooms[room];
  }

  get ids(): RoomId[] {
    return Object.keys(this.#view.state.rooms);
  }

  /** As the server tells them in a hello: the beginning of all counting. */
  greet(summaries: readonly RoomSummary[]): void {
    for (const summary of summaries) this.#greet(summary);
    this.#tidy();
  }

  /** As the server tells it later, perhaps from before an entry that is here already and must not be taken back. */
  merge(summary: RoomSummary): void {
    const known = this.get(summary.id);
    if (!known) return this.greet([summary]);
    // Or from before a read marker that it has not got: then what comes is counted here as well.
    const isOlder = known.head > summary.head || known.read > summary.read;
    const newer = isOlder ? pick(known, ['head', 'read', 'unread', 'last']) : {};
    const own = pick(known, [
      'typing',
      'waiting',
      'failed',
      'activity',
      'peerRead',
      'online',
      'lastSeen',
      'called',
    ]);
    this.#put({ ...summary, ...own, ...newer });
  }

  remove(room: RoomId): void {
    this.#view.remove('rooms', room);
    this.#tidy();
  }

  /** Entries that the log has just got, in order. */
  entered(room: RoomId, entries: readonly Entry[]): void {
    const known = this.get(room);
    if (!known) return;
    let view = known;
    for (const entry of entries) view = this.#with(view, entry);
    if (view !== known) this.#put(view);
  }

  /** False where it stood there already. `'unknown'`: only the server can tell how many are unread now. */
  markRead(room: RoomId, seq: Seq, count: CountUnread): boolean | 'unknown' {
    const view = this.get(room);
    if (!view || seq <= view.read) return false;
    const read = Math.min(seq, view.head);
    const left =
      view.unread === 0 ? 0 : (count(read, view.head) ?? minus(view.unread, count(view.read, read)));
    const { called, ...rest } = view;
    const still = called !== undefined && called > read;
    this.#put({ ...rest, read, unread: left ?? view.unread, ...(still && { called }) });
    return left === null ? 'unknown' : true;
  }

  peerRead(room: RoomId, seq: Seq): void {
    const view = this.get(room);
    if (view?.kind === 'direct' && seq > (view.peerRead ?? 0))
      this.#view.put('rooms', room, { ...view, peerRead: seq });
  }

  presence(user: UserId, seen: { online: boolean; lastSeen?: Timestamp }): void {
    for (const view of Object.values(this.#view.state.rooms)) {
      if (view.peer?.id === user) this.#view.put('rooms', view.id, { ...view, ...seen });
    }
  }

  /** Who is online is not known without a connection. */
  forgetPresence(): void {
    for (const view of Object.values(this.#view.state.rooms)) {
      if (view.online === undefined && view.typing.length === 0) continue;
      const { online: _, ...rest } = view;
      this.#view.put('rooms', view.id, { ...rest, typing: [] });
    }
  }

  typing(room: RoomId, users: UserId[]): void {
    const view = this.get(room);
    if (view) this.#view.put('rooms', room, { ...view, typing: users });
  }

  /** @param unsent.newest when the newest of them was written */
  unsent(room: RoomId, unsent: { count: number; failed: number; newest: Timestamp }): void {
    const view = this.get(room);
    if (view) this.#put({ ...view, waiting: unsent.count, failed: unsent.failed }, unsent.newest);
  }

  prefer(room: RoomId, preferences: Pick<RoomSummary, 'muted' | 'pinned' | 'hidden'>): void {
    const view = this.get(room);
    if (view) this.#put({ ...view, ...preferences });
  }

  /** What a restart of the app shows first: the first `most` of the list, without long texts. */
  summaries(most: number): RoomSummary[] {
    const { order, rooms } = this.#view.state;
    const shown = order.slice(0, most).flatMap((id) => rooms[id] ?? []);
    return shown.map(
      ({ typing: _t, waiting: _w, failed: _f, activity: _a, online: _o, last, ...summary }) => {
        const short = last && shortened(last);
        return short ? { ...summary, last: short } : summary;
      },
    );
  }

  #greet(summary: RoomSummary): void {
    const { behind: _behind, reset: _reset, ...told } = summary;
    const known = this.get(told.id);
    const kept: Partial<RoomView> = known
      ? pick(known, ['waiting', 'failed', 'activity', 'peerRead', 'lastSeen'])
      : {};
    if (known?.called && known.called > told.read) kept.called = known.called;
    const view = { typing: [], waiting: 0, activity: 0, ...told, ...kept };
    this.#show(view.last ? this.#withCall(view, view.last) : view);
  }

  #with(shown: RoomView, entry: Entry): RoomView {
    const view = this.#withCall(shown, entry);
    const last = withChange(view.last, entry);
    // Counted in the summary already.
    if (entry.seq <= view.head) return last === view.last || !last ? view : { ...view, last };
    const isUnread = isContent(entry.kind) && entry.from !== this.#me && entry.seq > view.read;
    const next: RoomView = { ...view, head: entry.seq, unread: view.unread + Number(isUnread) };
    if (next.hidden) next.hidden = false;
    if (hasRow(entry.kind)) next.last = entry;
    else if (last) next.last = last;
    return entry.kind === 'sys' && !entry.recalled ? withNotice(next, entry.body, this.#me) : next;
  }

  #withCall(view: RoomView, { seq, from, kind, target, recalled, mentions }: Entry): RoomView {
    if (view.called !== undefined) {
      if (kind !== 'recall' || target !== view.called) return view;
      const { called: _, ...rest } = view;
      return rest;
    }
    const isCall = mentions === 'all' || mentions?.includes(this.#me) === true;
    return isCall && !recalled && from !== this.#me && seq > view.read ? { ...view, called: seq } : view;
  }

  /** @param newest when something unsent was written */
  #put(view: RoomView, newest: Timestamp = 0): void {
    this.#show(view, newest);
    this.#tidy();
  }

  #show(view: RoomView, newest: Timestamp = 0): void {
    const unsent = view.waiting > 0 ? Math.max(view.activity, newest) : 0;
    this.#view.put('rooms', view.id, { ...view, activity: Math.max(view.last?.ts ?? 0, unsent) });
  }

  /** The order and the sum, after any room has changed. */
  #tidy(): void {
    const { rooms, order } = this.#view.state;
    const listed = Object.values(rooms).filter(({ hidden }) => !hidden);
    listed.sort(
      (a, b) =>
        Number(b.pinned ?? false) - Number(a.pinned ?? false) ||
        b.activity - a.activity ||
        (a.id < b.id ? -1 : 1),
    );
    const next = listed.map(({ id }) => id);
    if (next.length !== order.length || next.some((id, index) => id !== order[index]))
      this.#view.set('order', next);
    this.#view.set(
      'unread',
      listed.reduce((sum, { muted, unread }) => sum + (muted ? 0 : unread), 0),
    );
  }
}

/** Membership and settings change by these notices; of oneself the server tells more in a push of its own. */
function withNotice(view: RoomView, notice: SysBody, me: UserId): RoomView {
  switch (notice.action) {
    case 'renamed':
      return view.kind === 'direct' ? view : { ...view, name: notice.name };
    case 'joined':
      return { ...view, members: view.members + 1 };
    case 'invited':
      return { ...view, members: view.members + notice.users.length };
    case 'left':
    case 'removed':
      return { ...view, members: view.members - 1 };
    case 'slow':
      return { ...view, slowSeconds: notice.seconds };
    case 'closed':
      return { ...view, closed: true };
    case 'role':
      return notice.user === me ? { ...view, role: notice.role } : view;
    case 'muted':
    case 'unmuted': {
      if (notice.user !== me) return view;
      if (notice.action === 'muted' && notice.until === view.mutedUntil) return view;
      const { mutedUntil: _until, muteReason: _reason, ...rest } = view;
      return notice.action === 'muted' ? { ...rest, mutedUntil: notice.until } : rest;
    }
    case 'created':
    case 'pinned':
    case 'unpinned':
      return view;
  }
}

/** The last message of the list, where `entry` recalls or edits it. */
function withChange(last: Entry | undefined, entry: Entry): Entry | undefined {
  if (!last || entry.target !== last.seq) return last;
  if (entry.kind === 'recall') return { ...last, body: {}, recalled: true } as Entry;
  if (entry.kind === 'edit' && last.kind === 'text' && !last.recalled)
    return { ...last, body: entry.body, edited: entry.ts };
  return last;
}

/** As much of an entry as one line of the list shows; nothing of a long one that is no text. */
function shortened(entry: Entry): Entry | undefined {
  if (JSON.stringify(entry).length <= MAX_KEPT_CHARACTERS) return entry;
  return entry.kind === 'text' ? { ...entry, body: { text: entry.body.text.slice(0, 100) } } : undefined;
}

function minus(from: number, count: number | null): number | null {
  return count === null ? null : Math.max(0, from - count);
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]])) as Pick<
    T,
    K
  >;
}

/**
 * Goes the rounds of what a node takes the bus's word for, and asks the store instead: whether rooms go further than
 * was published here, whether logins have ended, who has come into rooms or is out of them. So whatever the bus
 * loses, the store mends: entries within one round; logins and memberships within one while the bus is away or has
 * just come back, else as their turn comes. One round at a time, in pieces, so that it costs the store the same
 * however long the last one took.
 */
import { CloseCode } from '../../miniprogram/protocol/errors.ts';
import type { RoomId, Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Bus, Clock, LoginStore, LogStore, RoomStore, Undo } from '../domain/ports.ts';
import type { Fanout } from './fanout.ts';
import type { Registry } from './registry.ts';
import type { Session } from './session.ts';

export interface RoundsDeps {
  bus: Pick<Bus, 'isAway' | 'onReturn'>;
  store: Pick<LogStore, 'heads'> & Pick<LoginStore, 'alive'> & Pick<RoomStore, 'memberships'>;
  clock: Pick<Clock, 'now' | 'after' | 'every'>;
  fanout: Pick<Fanout, 'followed' | 'isBehind' | 'reach'>;
  registry: Pick<Registry, 'users' | 'of'>;
  presence: { askSome(): void; askAll(): void };
  /** The session shows the room as it now is, or as gone. */
  show: (session: Session, room: RoomId) => void;
  /** For the metrics: rooms whose entries the bus had not brought. */
  onHealed?: (rooms: number) => void;
  onFault: (reason: unknown) => void;
}

export const ROUND_MS = 1_500;
/** What was stored a moment ago may still be on the bus. */
export const GRACE_MS = 250;
/** Asked of the store in one call. */
const ROOMS_AT_ONCE = 1_000;
const USERS_AT_ONCE = 500;

export class Rounds {
  readonly #deps: RoundsDeps;
  readonly #undos: Undo[];
  /** Users whose turn is still to come. */
  #due: UserId[] = [];
  #isWalking = false;
  /** The bus was away since everybody was last looked at. */
  #isOwed = false;

  constructor(deps: RoundsDeps) {
    this.#deps = deps;
    this.#undos = [
      deps.clock.every(ROUND_MS, () => this.#walk()),
      deps.bus.onReturn(() => {
        this.#isOwed = true;
        deps.presence.askAll();
        this.#walk();
      }),
    ];
  }

  stop(): void {
    for (const undo of this.#undos) undo();
  }

  #walk(): void {
    if (this.#isWalking) return;
    this.#isWalking = true;
    void this.#round()
      .catch(this.#deps.onFault)
      .finally(() => (this.#isWalking = false));
  }

  async #round(): Promise<void> {
    const { bus, presence } = this.#deps;
    const isForAll = this.#isOwed || bus.isAway;
    this.#isOwed = bus.isAway;
    try {
      await Promise.all([this.#compareHeads(isForAll), this.#lookAtPeople(isForAll)]);
    } catch (reason) {
      // Next time, then.
      this.#isOwed ||= isForAll;
      throw reason;
    }
    presence.askSome();
  }

  async #compareHeads(atOnce: boolean): Promise<void> {
    const { store, fanout, onHealed } = this.#deps;
    const behind: { room: RoomId; head: Seq }[] = [];
    for (const rooms of pieces(fanout.followed(), ROOMS_AT_ONCE)) {
      for (const { room, head } of await store.heads(rooms)) {
        if (fanout.isBehind(room, head)) behind.push({ room, head });
      }
    }
    if (behind.length === 0) return;
    if (!atOnce) await this.#grace();
    const lost = behind.filter(({ room, head }) => fanout.isBehind(room, head));
    if (lost.length > 0) onHealed?.(lost.length);
    for (const { room, head } of lost) await fanout.reach(room, head);
  }

  #grace(): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(GRACE_MS, resolve));
  }

  async #lookAtPeople(all: boolean): Promise<void> {
    const { registry } = this.#deps;
    if (all || this.#due.length === 0) this.#due = registry.users();
    do await this.#lookAt(this.#due.splice(0, USERS_AT_ONCE));
    while (all && this.#due.length > 0);
  }

  async #lookAt(users: UserId[]): Promise<void> {
    const { store, registry, clock, show } = this.#deps;
    const sessions = users.flatMap((user) => registry.of(user));
    if (sessions.length === 0) return;
    const asked = sessions.flatMap((session) => session.sid ?? []);
    const [alive, memberships] = await Promise.all([
      store.alive(asked, clock.now()),
      store.memberships(users),
    ]);
    const ended = new Set(asked);
    for (const sid of alive) ended.delete(sid);
    const roomsOf = new Map(memberships.map(({ user, rooms }) => [user, rooms]));
    for (const session of sessions) {
      if (session.sid !== undefined && ended.has(session.sid)) {
        session.hangUp(CloseCode.UNAUTHORIZED, 'the login has ended');
      } else if (session.state === 'live' && session.user) {
        for (const room of differing(session.rooms, roomsOf.get(session.user.id) ?? [])) show(session, room);
      }
    }
  }
}

/** What is in one of the two and not in the other. */
function differing(heard: ReadonlySet<RoomId>, rooms: readonly RoomId[]): RoomId[] {
  const isIn = new Set(rooms);
  return [...rooms.filter((room) => !heard.has(room)), ...[...heard].filter((room) => !isIn.has(room))];
}

function* pieces<T>(list: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}

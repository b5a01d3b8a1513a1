/**
 * What this node knows of sanctions, so that a send need not ask the store whether it may. Whoever has a socket here
 * or was asked about is remembered, within a bound; a change is told by the bus, and because the bus may lose it, what
 * has changed lately is also read anew every second. So a sanction is in effect on every node within 2 s, whatever
 * the bus does, and ends by itself when its time is over. It never decides who is sanctioned: moderation.ts does.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import type { RoomId, Timestamp, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { Bus, Clock, MemberRecord, Sanction, SanctionStore, Undo } from './ports.ts';
import { MODERATION } from './subjects.ts';

/** What stands against one user, as it was read: some of it may have ended since. */
export type Standing = readonly Sanction[];

export interface SanctionsDeps {
  store: Pick<SanctionStore, 'sanctions' | 'sanctionedSince'>;
  bus: Pick<Bus, 'subscribe'>;
  clock: Clock;
  /** The user's standing was read after it had changed, or may have: in effect from here on. */
  onChange: (user: UserId, standing: Standing) => void;
  onFault: (reason: unknown) => void;
  /** Most users remembered. */
  most?: number;
}

/** How often what has changed is read anew … */
const HEAL_EVERY_MS = 1_000;
/** … and how far back: more than the clocks of two nodes are apart, and than a store is away for a moment. */
const HEAL_BACK_MS = 60_000;
const CLEAN: Standing = [];

export class Sanctions {
  readonly #deps: SanctionsDeps;
  readonly #most: number;
  readonly #known = new Map<UserId, Standing>();
  /** Reads under way that no change has overtaken. */
  readonly #reads = new Map<UserId, Promise<Standing>>();
  #healing = false;

  constructor(deps: SanctionsDeps) {
    this.#deps = deps;
    this.#most = deps.most ?? 100_000;
  }

  /** Hears of changes until the undo. */
  watch(): Undo {
    const { bus, clock, onFault } = this.#deps;
    const undos = [
      bus.subscribe(MODERATION, (message) => {
        if (message.type === 'sanctions') this.refresh(message.user).catch(onFault);
      }),
      clock.every(HEAL_EVERY_MS, () => void this.#heal().catch(onFault)),
    ];
    return () => undos.forEach((undo) => undo());
  }

  /** What is remembered, without waiting; undefined where the store must be asked. */
  recall(user: UserId): Standing | undefined {
    return this.#known.get(user);
  }

  look(user: UserId): Promise<Standing> {
    const known = this.#known.get(user);
    return known ? Promise.resolve(known) : (this.#reads.get(user) ?? this.#read(user));
  }

  /** Lets the user pass or refuses; without waiting where the user is remembered. @throws Refusal BANNED */
  admit(user: UserId): Promise<void> | undefined {
    const known = this.#known.get(user);
    const { clock } = this.#deps;
    if (!known) return this.look(user).then((standing) => mustNotBeBanned(standing, clock.now()));
    mustNotBeBanned(known, clock.now());
    return undefined;
  }

  /** The membership of somebody who was admitted, with the mute of a moderator where it lasts longer than the room's. */
  muted(user: UserId, room: RoomId, member: MemberRecord): MemberRecord {
    const standing = this.#known.get(user) ?? CLEAN;
    const mute = standing.length === 0 ? undefined : muteOf(room, standing, this.#deps.clock.now());
    if (!mute || mute.until <= (member.mutedUntil ?? 0)) return member;
    return { ...member, mutedUntil: mute.until, muteReason: mute.reason };
  }

  /** Reads the user's standing anew, and has it take effect. */
  async refresh(user: UserId): Promise<void> {
    const before = this.#known.get(user);
    // Until it is read, whoever asks waits.
    this.#known.delete(user);
    this.#reads.delete(user);
    const standing = await this.#read(user);
    const isNews = before === undefined || JSON.stringify(before) !== JSON.stringify(standing);
    const { onChange, clock } = this.#deps;
    // A ban is carried out as often as it is met: a socket may have slipped in beside the first time.
    if (isNews || banOf(standing, clock.now())) onChange(user, standing);
  }

  #read(user: UserId): Promise<Standing> {
    const { store, clock } = this.#deps;
    const read = store.sanctions([user], clock.now());
    this.#reads.set(user, read);
    const done = (standing?: Standing): void => {
      // A change that came meanwhile may not be in what was read.
      if (this.#reads.get(user) !== read) return;
      this.#reads.delete(user);
      if (standing) this.#remember(user, standing);
    };
    read.then(done, () => done());
    return read;
  }

  #remember(user: UserId, standing: Standing): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.#most && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(user, standing.length === 0 ? CLEAN : standing);
  }

  async #heal(): Promise<void> {
    if (this.#healing) return;
    this.#healing = true;
    try {
      const { store, clock } = this.#deps;
      const changed = await store.sanctionedSince(clock.now() - HEAL_BACK_MS);
      await Promise.all(changed.filter((user) => this.#known.has(user)).map((user) => this.refresh(user)));
    } finally {
      this.#healing = false;
    }
  }
}

/** The ban that keeps the user out of everything, if there is one. */
export const banOf = (standing: Standing, now: Timestamp): Sanction | undefined =>
  longest(standing, now, ({ kind, room }) => kind === 'ban' && room === '');

/** @throws Refusal BANNED */
export function mustNotBeBanned(standing: Standing, now: Timestamp): void {
  const ban = banOf(standing, now);
  if (ban) throw sanctioned(ErrorCode.BANNED, 'you are banned', ban);
}

/** BANNED is the whole server's word: a room that keeps somebody out is FORBIDDEN. @throws Refusal FORBIDDEN */
export function mustNotBeBannedFrom(room: RoomId, standing: Standing, now: Timestamp): void {
  const ban = longest(standing, now, (one) => one.kind === 'ban' && one.room === room);
  if (ban) throw sanctioned(ErrorCode.FORBIDDEN, 'room: you are banned from this room', ban);
}

/** The mute that is in force for the user in this room: one of the room or one of everywhere, which ends later. */
export const muteOf = (room: RoomId, standing: Standing, now: Timestamp): Sanction | undefined =>
  longest(standing, now, (one) => one.kind === 'mute' && (one.room === room || one.room === ''));

function longest(
  standing: Standing,
  now: Timestamp,
  fits: (sanction: Sanction) => boolean,
): Sanction | undefined {
  let found: Sanction | undefined;
  for (const one of standing) {
    if (one.until > now && fits(one) && one.until > (found?.until ?? 0)) found = one;
  }
  return found;
}

function sanctioned(code: ErrorCode, what: string, { until, reason }: Sanction): Refusal {
  return new Refusal(code, `${what} ${untilWords(until)}`, { ...untilOnWire(until), reason });
}

export const untilWords = (until: Timestamp): string =>
  until >= FOREVER ? 'for good' : `until ${new Date(until).toISOString()}`;

/** What has no end names none. */
export const untilOnWire = (until: Timestamp): { until?: Timestamp } => (until >= FOREVER ? {} : { until });

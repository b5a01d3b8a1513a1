/**
 * The domain of one node over the real store in a folder of its own, with everything that it says on the bus written
 * down. One for a test file; tests make their own rooms and people.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { DEFAULT_LIMITS, type Limits } from '../../miniprogram/protocol/limits.ts';
import type { Entry, Role, RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import { LocalBus } from '../../server/bus/local.ts';
import type { CheckName } from '../../server/domain/content-check.ts';
import { createFiles } from '../../server/domain/files.ts';
import { createKeeping } from '../../server/domain/keeping.ts';
import { createLog } from '../../server/domain/log.ts';
import { createMessages, type Actor } from '../../server/domain/messages.ts';
import type { BusMessage } from '../../server/domain/ports.ts';
import { createRooms } from '../../server/domain/rooms.ts';
import { Roster } from '../../server/domain/roster.ts';
import { Sanctions } from '../../server/domain/sanctions.ts';
import { createSeen } from '../../server/domain/seen.ts';
import { SlowMode } from '../../server/domain/slow-mode.ts';
import { createUsers } from '../../server/domain/users.ts';
import { idFrom, newId } from '../../server/ids.ts';
import { openStore } from '../../server/store/open.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryBlobs } from '../support/memory-blobs.ts';

/** A group of four and files of a hundred bytes, so that a test reaches the limits. */
export const LIMITS: Limits = { ...DEFAULT_LIMITS, members: 4, file: 100, uploads: 1 };

/** Every name is fine. */
export const checkName: CheckName = (_field, { text }) => Promise.resolve(text);

/** What was said, and to whom. */
interface Said {
  subject: string;
  message: BusMessage;
}

/** Files of these tests begin with a word that says what they are: `image/png 3x4 …`. */
function sniffWord(head: Uint8Array): Promise<{ mime: string; w?: number; h?: number }> {
  const [, mime = '', w, h] = /^(\S*)(?: (\d+)x(\d+))?/.exec(Buffer.from(head).toString()) ?? [];
  return Promise.resolve(w === undefined ? { mime } : { mime, w: Number(w), h: Number(h) });
}

class HeardBus extends LocalBus {
  readonly said: Said[] = [];

  override publish(subject: string, message: BusMessage): void {
    this.said.push({ subject, message });
    super.publish(subject, message);
  }
}

export async function openWorld() {
  const dataDir = mkdtempSync(join(tmpdir(), 'chahua-domain-'));
  const clock = new ManualClock();
  const store = await openStore({ dataDir, clock, newId });
  after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true });
  });
  const bus = new HeardBus();
  /** Users whose sanctions have taken effect, and what went wrong meanwhile. */
  const changed: UserId[] = [];
  const faults: unknown[] = [];
  const log = createLog({ store, bus, clock, soon: (job) => void setImmediate(job) });
  const sanctions = new Sanctions({
    store,
    bus,
    clock,
    onChange: (user) => void changed.push(user),
    onFault: (reason) => void faults.push(reason),
  });
  after(sanctions.watch());
  const seen = createSeen({ store, sanctions, clock });
  const rooms = createRooms({
    log,
    store,
    seen,
    sanctions,
    bus,
    clock,
    newId,
    idFrom,
    limits: LIMITS,
    checkName,
  });
  const blobs = new MemoryBlobs();
  const files = createFiles({
    store,
    blobs,
    sniff: sniffWord,
    sign: (id) => ({ url: `/signed/${id}`, expiresAt: clock.now() + 1 }),
    clock,
    newId,
    limits: LIMITS,
  });
  const letGo: number[] = [];
  const messages = createMessages({
    log,
    store,
    clock,
    limits: LIMITS,
    slowMode: new SlowMode(clock),
    files,
    onLetGo: () => void letGo.push(clock.now()),
  });
  const keeping = createKeeping({ log, store, bus, clock, limits: LIMITS, checkName });
  const roster = new Roster(store);

  async function user(): Promise<UserId> {
    const id = newId();
    await store.userOf({ dev: id }, { id, name: 'somebody' });
    return id;
  }
  const users = (count: number): Promise<UserId[]> => Promise.all(Array.from({ length: count }, user));

  /** A group of its owner and so many members. */
  async function group(members = 1): Promise<{ room: RoomId; owner: UserId; others: UserId[] }> {
    const [owner = '', ...others] = await users(members + 1);
    const { id } = await rooms.create(owner, { kind: 'group', name: 'tea', members: others });
    return { room: id, owner, others };
  }

  /** As dispatch finds them. */
  async function actor(id: RoomId, who: UserId): Promise<Actor> {
    return { user: who, ...(await roster.look(id, who)) };
  }

  async function say(id: RoomId, who: UserId, text = 'hello', cid = newId()) {
    return messages.send(await actor(id, who), { room: id, cid, kind: 'text', body: { text } });
  }

  const entries = async (id: RoomId): Promise<Entry[]> => (await store.page(id, { limit: 1_000 })).entries;
  const newest = async (id: RoomId): Promise<Entry | undefined> => (await entries(id)).at(-1);
  const roleOf = async (id: RoomId, who: UserId): Promise<Role | undefined> =>
    (await store.member(id, who))?.role;

  /** What was said since the last time that this was asked. */
  const said = (): Said[] => bus.said.splice(0);
  /** The same, about being shown a room: to whom. */
  const shown = (id: RoomId): UserId[] =>
    said().flatMap(({ message }) => (message.type === 'room' && message.room === id ? [message.user] : []));

  return {
    clock,
    store,
    bus,
    log,
    rooms,
    messages,
    files,
    blobs,
    letGo,
    keeping,
    sanctions,
    seen,
    changed,
    faults,
    users: createUsers(store),
    user,
    people: users,
    group,
    actor,
    say,
    entries,
    newest,
    roleOf,
    said,
    shown,
  };
}

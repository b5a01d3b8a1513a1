/**
 * What happens in a chat while somebody reads it: pages of history as one scrolls, and jumps to places that are not
 * held. Promises that what is shown is always one unbroken stretch, and that a stretch of the past becomes part of
 * the log again as soon as the two touch.
 */
import type { RoomId, Seq } from '../protocol/objects';
import type { Chats } from './chats';
import type { History } from './history';
import type { Logs } from './logs';
import type { Outbox } from './outbox';
import type { People } from './people';
import type { Rooms } from './rooms';
import type { Timeline } from './timeline';
import type { View } from './view';

export interface ReadingPorts {
  view: View;
  logs: Logs;
  chats: Chats;
  history: History;
  outbox: Outbox;
  people: People;
  rooms: Rooms;
}

/** A chat with fewer lines than about a screenful looks for older ones by itself. */
const SCREENFUL = 20;

export class Reading {
  readonly #ports: ReadingPorts;

  constructor(ports: ReadingPorts) {
    this.#ports = ports;
  }

  enter(room: RoomId): void {
    this.#ports.chats.enter(room, this.#ports.rooms.get(room)?.read ?? 0);
    this.settle(room);
  }

  leave(room: RoomId): void {
    if (this.#ports.chats.leave(room)) this.#ports.logs.changed(room);
  }

  /** Rejects as the request does. */
  async older(room: RoomId): Promise<void> {
    const { chats, logs, history } = this.#ports;
    const timeline = chats.visited(room) ?? logs.get(room);
    if (!timeline) return;
    chats.older(room, 'loading');
    try {
      await history.older(room, timeline);
      const upper = logs.letEndGo(room, chats.visited(room));
      if (upper) chats.visit(room, upper);
      this.#tellOlder(room);
    } catch (error) {
      chats.older(room, 'failed');
      throw error;
    } finally {
      this.#shown(room);
    }
  }

  /** Below a stretch of the past. Rejects as the request does. */
  async newer(room: RoomId): Promise<void> {
    const { chats, logs, history } = this.#ports;
    const visit = chats.visited(room);
    if (!visit) return;
    chats.newer(room, 'loading');
    try {
      await history.newer(room, visit);
      if (chats.visited(room) !== visit) return;
      logs.letBeginningGo(visit);
      if (!this.#join(room, visit)) chats.newer(room, 'more');
      this.#tellOlder(room);
    } catch (error) {
      chats.newer(room, 'failed');
      throw error;
    } finally {
      this.#shown(room);
    }
  }

  /** Shows what stands around `seq`. Rejects as the request does. */
  async goTo(room: RoomId, seq: Seq): Promise<void> {
    const { chats, logs, history } = this.#ports;
    if (logs.get(room)?.holds(seq)) return this.toEnd(room);
    if (chats.visited(room)?.holds(seq)) return;
    const visit = await history.around(room, seq);
    visit.hear(logs.get(room)?.run(visit.size).entries ?? []);
    chats.visit(room, visit);
    this.#join(room, visit);
    this.#tellOlder(room);
    this.#shown(room);
  }

  /** Back to what is held, which ends with the newest. */
  toEnd(room: RoomId): void {
    if (!this.#ports.chats.visited(room)) return;
    this.#ports.chats.visit(room, null);
    this.#tellOlder(room);
    this.show(room);
  }

  /** Brings a room's chat and log in order after something about the room has become known. */
  settle(room: RoomId): void {
    const { view, chats, history, logs, people, rooms } = this.#ports;
    const last = rooms.get(room)?.last;
    if (last) people.need([last]);
    const timeline = chats.isOpen(room) ? logs.get(room) : logs.loaded(room);
    const isLive = view.state.link.name === 'live';
    if (isLive && timeline && timeline.hole !== null) history.fill(room);
    if (!chats.isOpen(room)) return;
    const isLoading = view.state.chats[room]?.older === 'loading';
    if (!isLoading) this.#tellOlder(room);
    const rows = this.show(room);
    if (!isLive || isLoading || !timeline || rows >= SCREENFUL || !timeline.hasOlder) return;
    const { first } = timeline;
    this.older(room).then(
      () => timeline.first < first && this.settle(room), // A page may be all reactions.
      () => undefined, // The chat shows that it failed.
    );
  }

  /** @returns how many lines the chat has */
  show(room: RoomId): number {
    const { chats, logs, outbox, people } = this.#ports;
    const rows = chats.show(room, logs, outbox);
    people.need(rows);
    return rows.length;
  }

  #shown(room: RoomId): void {
    this.#ports.logs.changed(room);
    this.show(room);
  }

  #tellOlder(room: RoomId): void {
    const { chats, logs } = this.#ports;
    const timeline = chats.visited(room) ?? logs.get(room);
    if (timeline) chats.older(room, timeline.hasOlder ? 'more' : 'none');
  }

  /** Makes the stretch part of the log again, where nothing lies between. */
  #join(room: RoomId, visit: Timeline): boolean {
    const live = this.#ports.logs.get(room);
    if (!live || visit.cursor < live.first - 1) return false;
    live.apply(visit.run(visit.size).entries, {
      head: live.cursor,
      reactions: visit.run(visit.size).reactions ?? [],
    });
    this.#ports.chats.visit(room, null);
    return true;
  }
}

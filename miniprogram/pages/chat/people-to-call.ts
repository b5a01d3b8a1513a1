/** Whom one may call in a room, as far as the list of members is loaded; those who spoke here last come first. */
import type { ChatEngine, Member, RoomView, State } from '../../../typings/app';
import { pictureOf } from '../../format';
import { words } from '../../words/language';

export interface PersonToCall {
  id: string;
  name: string;
  avatar: string;
}

/** A live room has more members than anybody scrolls through; who speaks there is found by what they said. */
const MOST = 500;
const SPEAKERS = 30;

export class PeopleToCall {
  readonly #engine: ChatEngine;
  readonly #room: string;
  #members: Member[] = [];
  #more = true;
  #under: Promise<void> | null = null;

  constructor(engine: ChatEngine, room: string) {
    this.#engine = engine;
    this.#room = room;
  }

  get hasMore(): boolean {
    return this.#more && this.#members.length < MOST;
  }

  /** The next page of members; one request at a time. Rejects as the request does. */
  load(): Promise<void> {
    if (!this.hasMore) return Promise.resolve();
    this.#under ??= this.#next().finally(() => (this.#under = null));
    return this.#under;
  }

  list(state: Readonly<State>, me: string): PersonToCall[] {
    const room = state.rooms[this.#room];
    const people = new Map<string, PersonToCall>();
    if (mayCallAll(room)) people.set('all', { id: 'all', name: words.names.everyone, avatar: '' });
    for (const { from } of [...(state.chats[this.#room]?.rows ?? [])].slice(-10 * SPEAKERS).reverse()) {
      const person = state.people[from];
      if (person && from !== me && people.size < SPEAKERS)
        people.set(from, { id: from, name: person.name, avatar: pictureOf(state.files, person) });
    }
    for (const { user } of this.#members)
      if (user.id !== me)
        people.set(user.id, { id: user.id, name: user.name, avatar: pictureOf(state.files, user) });
    return [...people.values()];
  }

  async #next(): Promise<void> {
    const after = this.#members[this.#members.length - 1]?.user.id;
    const { members, more } = await this.#engine.members(this.#room, after);
    this.#members = [...this.#members, ...members];
    this.#more = more;
  }
}

/** To call everybody is for those who keep order. */
function mayCallAll(room: RoomView | undefined): boolean {
  return room?.role === 'owner' || room?.role === 'admin';
}

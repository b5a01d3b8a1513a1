/** Who can be chosen, and who is. PURE. */
import type { State, User, UserId } from '../../../typings/app';
import { find, sections } from '../../directory';
import { pictureOf } from '../../format';
import { words } from '../../words/language';

export interface PickItem {
  key: string;
  name: string;
  avatar: string;
  isChosen: boolean;
}

export interface Picking {
  query: string;
  /** In the order in which they were chosen. */
  chosen: readonly UserId[];
  /** Members already, of the room that they would be invited to. */
  members: ReadonlySet<UserId>;
}

export interface PickView {
  isSearch: boolean;
  sections: { key: string; letter: string; people: PickItem[] }[];
  chosen: PickItem[];
  /** What the button says. */
  done: string;
}

/** As many as a list can show; others are found by name. */
const MOST_PEOPLE = 300;
/** Of a group that was given no name, so many members are named. */
const NAMED = 3;
const LONGEST_NAME = 64;

export function pickView(state: Readonly<State>, { query, chosen, members }: Picking): PickView {
  const me = myId(state);
  const isChosen = new Set(chosen);
  const itemOf = (user: User) => ({
    key: user.id,
    name: user.name,
    avatar: pictureOf(state.files, user),
    isChosen: isChosen.has(user.id),
  });
  const people = Object.values(state.people).filter(({ id }) => id !== me && !members.has(id));
  const shown = sections(find(people, query).slice(0, MOST_PEOPLE));
  return {
    isSearch: query.trim() !== '',
    sections: shown.map((section) => ({
      key: section.letter,
      letter: section.letter,
      people: section.people.map(itemOf),
    })),
    chosen: chosen.flatMap((id) => state.people[id] ?? []).map(itemOf),
    done: chosen.length > 0 ? words.pick.chosen(chosen.length) : words.pick.done,
  };
}

/** What a group is called to which its maker gave no name: the first few of those in it. */
export function groupName(state: Readonly<State>, chosen: readonly UserId[]): string {
  const mine = state.session.name === 'signed-in' ? [state.session.user.name] : [];
  const names = [...mine, ...chosen.flatMap((id) => state.people[id]?.name ?? [])];
  return Array.from(words.names.list(names.slice(0, NAMED)))
    .slice(0, LONGEST_NAME)
    .join('');
}

function myId({ session }: Readonly<State>): UserId {
  return session.name === 'signed-in' ? session.user.id : '';
}

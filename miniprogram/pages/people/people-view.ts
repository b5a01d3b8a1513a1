/** What the list of people shows of the tree. PURE. */
import type { State, User } from '../../../typings/app';
import { find, sections } from '../../directory';
import { pictureOf } from '../../format';
import { words } from '../../words/language';
import { connectionBar, type Bar } from '../../words/sentences';

export interface PersonItem {
  key: string;
  name: string;
  avatar: string;
}

export interface PeopleView {
  isSignedIn: boolean;
  bar: Bar;
  isSearch: boolean;
  sections: { key: string; letter: string; people: PersonItem[] }[];
  /** That there are more than a list can show; '' where there are not. */
  foot: string;
}

/** More than anybody scrolls through, and what one setData can carry in a moment. */
export const MOST_PEOPLE = 300;

/** Everybody met, but oneself. */
export function peopleView(state: Readonly<State>, query: string): PeopleView {
  const me = state.session.name === 'signed-in' ? state.session.user.id : '';
  const met = Object.values(state.people).filter(({ id }) => id !== me);
  const found = find(met, query);
  return {
    isSignedIn: me !== '',
    bar: connectionBar(state),
    isSearch: query.trim() !== '',
    sections: sectionsOf(found.slice(0, MOST_PEOPLE), state.files),
    foot: found.length > MOST_PEOPLE ? words.people.most(MOST_PEOPLE) : '',
  };
}

function sectionsOf(people: readonly User[], files: State['files']): PeopleView['sections'] {
  return sections(people).map((section) => ({
    key: section.letter,
    letter: section.letter,
    people: section.people.map((user) => ({ key: user.id, name: user.name, avatar: pictureOf(files, user) })),
  }));
}

/** What the profile shows of the tree. PURE. */
import type { State } from '../../../typings/app';
import { pictureOf } from '../../format';
import { connectionBar, type Bar } from '../../words/sentences';

export interface ProfileView {
  isSignedIn: boolean;
  /** There is a login to end: also one that the server bars. */
  canLeave: boolean;
  user: string;
  name: string;
  avatar: string;
  bar: Bar;
}

export function profileView(state: Readonly<State>): ProfileView {
  const user = state.session.name === 'signed-in' ? state.session.user : undefined;
  return {
    isSignedIn: user !== undefined,
    canLeave: user !== undefined || state.session.name === 'barred',
    user: user?.id ?? '',
    name: user?.name ?? '',
    avatar: pictureOf(state.files, user),
    bar: connectionBar(state),
  };
}

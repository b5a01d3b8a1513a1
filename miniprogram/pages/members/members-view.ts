/** What the list of a room's members shows. PURE. */
import type { Member } from '../../protocol/objects';
import { mutedWords, roleWords } from '../../words/sentences';

export interface MemberItem {
  key: string;
  name: string;
  /** A file. */
  avatar: string;
  /** In words; '' for a plain member. */
  role: string;
  muted: string;
  isMe: boolean;
  /** By what stands in the search field. */
  isFound: boolean;
}

export function isFound(name: string, query: string): boolean {
  return name.toLowerCase().includes(query.trim().toLowerCase());
}

export function memberItem({ user, role, mutedUntil }: Member, me: string, now: number): MemberItem {
  return {
    key: user.id,
    name: user.name,
    avatar: user.avatar ?? '',
    role: roleWords(role),
    muted: mutedUntil !== undefined && mutedUntil > now ? mutedWords(mutedUntil, now) : '',
    isMe: user.id === me,
    isFound: true,
  };
}

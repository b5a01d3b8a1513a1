/**
 * What one person sees of another in a room, and what they may do there. PURE. The rules are the server's (who keeps
 * order, over whom); here they decide only what is offered.
 */
import type { Member, Role } from '../../../typings/app';
import { words } from '../../words/language';
import { mutedWords, roleWords } from '../../words/sentences';

export type ActName = 'mute' | 'unmute' | 'promote' | 'demote' | 'remove';

export interface ActItem {
  name: ActName;
  words: string;
  /** Of what cannot be taken back. */
  danger: boolean;
}

const RANK: Record<Role | 'none', number> = { owner: 3, admin: 2, member: 1, bot: 1, none: 0 };

/** Role and mute in words; the plain member has neither. */
export function memberNotes({ role, mutedUntil }: Member, now: number): string[] {
  const notes = [roleWords(role)];
  if (isMuted(mutedUntil, now)) notes.push(mutedWords(mutedUntil ?? 0, now));
  return notes.filter((note) => note !== '');
}

/** @param mine one's own role; over those of a lower rank alone one has a say */
export function memberActs(member: Member, mine: Role | 'none', now: number): ActItem[] {
  if (RANK[mine] < RANK.admin || RANK[mine] <= RANK[member.role]) return [];
  const names: ActName[] = [isMuted(member.mutedUntil, now) ? 'unmute' : 'mute'];
  if (mine === 'owner' && member.role !== 'bot') names.push(member.role === 'admin' ? 'demote' : 'promote');
  names.push('remove');
  return names.map((name) => ({ name, words: words.member[name], danger: name === 'remove' }));
}

/** How long somebody may be muted, in seconds, in the order offered. */
export function muteSpans(): { words: string; seconds: number }[] {
  const { tenMinutes, hour, day, week, month } = words.spans;
  return [
    { words: tenMinutes, seconds: 600 },
    { words: hour, seconds: 3_600 },
    { words: day, seconds: 86_400 },
    { words: week, seconds: 7 * 86_400 },
    { words: month, seconds: 30 * 86_400 },
  ];
}

function isMuted(until: number | undefined, now: number): boolean {
  return until !== undefined && until > now;
}

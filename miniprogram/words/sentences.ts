/**
 * What people read where it follows from a fact: an error code, the state of the line, a notice in a room, the
 * kind of a message. Facts in, words of the language out; pure. Nothing here is HTML, and the names and texts of
 * others go through `isolate`.
 */
import { countCharacters, fullTime, isBlank, isolate } from '../format';
import { CloseCode } from '../protocol/errors';
import { FOREVER } from '../protocol/limits';
import type { UserId } from '../protocol/objects';
import type { BarredView, State } from '../store/state';
import { words } from './language';

export function errorWords(code: string): string {
  return (words.errors as Record<string, string | undefined>)[code] ?? words.failures.unknown;
}

/** Words for whatever a promise was rejected with. */
export function failureWords(failure: unknown): string {
  return errorWords(codeOf(failure));
}

/** Why a message did not even begin to wait: too many do already. */
export function sendFailureWords(failure: unknown): string {
  return codeOf(failure) === 'RATE_LIMITED' ? words.failures.outboxFull : failureWords(failure);
}

/** The phone gives a picture that is one, so what cannot be met is the server's: it keeps no files yet. */
export function avatarFailureWords(failure: unknown): string {
  return codeOf(failure) === 'BAD_REQUEST' ? words.failures.avatar : failureWords(failure);
}

/** Until when somebody is barred, and the moderator's words, where the server told them; a line each. */
export function barredWords(why: unknown, now: number): string[] {
  const { until, reason } = (why ?? {}) as { until?: unknown; reason?: unknown };
  const lines: string[] = [];
  if (typeof until === 'number') lines.push(words.signIn.bannedUntil(fullTime(until, now)));
  if (typeof reason === 'string' && !isBlank(reason)) lines.push(words.signIn.reason(isolate(reason)));
  return lines;
}

function codeOf(failure: unknown): string {
  const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : '';
  return typeof code === 'string' ? code : '';
}

/** What the bar above a page says; an empty text hides it. */
export interface Bar {
  text: string;
  /** quiet: will pass by itself; warn: the person should know; stop: nothing happens until the person acts. */
  tone: 'quiet' | 'warn' | 'stop';
  /** What a tap on the button does, and the words on it. */
  action: '' | 'reconnect' | 'sign-in';
  label: string;
}

/** @param now by which the end of a ban is told */
export function connectionBar({ session, link, waiting, storageFull }: State, now = Date.now()): Bar {
  const { bar } = words;
  if (session.name === 'signed-out') return signIn(session.why === 'expired' ? bar.expired : bar.signedOut);
  if (session.name === 'barred') return barred(session, now);
  if (storageFull) return wait(bar.storageFull, 'warn');
  switch (link.name) {
    case 'live':
      return wait('', 'quiet');
    case 'idle':
    case 'connecting':
      return wait(bar.connecting(waiting), 'quiet');
    case 'waiting':
      return reconnect(bar.apart(waiting), 'warn');
    case 'offline':
      return reconnect(bar.offline(waiting), 'warn');
  }
}

function barred(session: BarredView, now: number): Bar {
  const { bar } = words;
  switch (session.closeCode) {
    case CloseCode.BANNED:
      return wait([bar.banned, ...barredWords(session, now)].join(bar.between), 'stop');
    case CloseCode.TOO_MANY_SOCKETS:
      return reconnect(bar.elsewhere, 'stop');
    case CloseCode.VERSION_GONE:
      return wait(bar.outdated, 'stop');
    default:
      return reconnect(bar.refused(session.closeCode), 'stop');
  }
}

function wait(text: string, tone: Bar['tone']): Bar {
  return { text, tone, action: '', label: '' };
}

function reconnect(text: string, tone: Bar['tone']): Bar {
  return { text, tone, action: 'reconnect', label: words.bar.reconnect };
}

function signIn(text: string): Bar {
  return { text, tone: 'stop', action: 'sign-in', label: words.bar.toSignIn };
}

/** Names by id, as one person sees them: oneself is `you`. */
export type NameOf = (id: UserId) => string;

export function namesFor(people: State['people'], me: UserId): NameOf {
  return (id) => (id === me ? words.names.me : isolate(people[id]?.name ?? words.names.stranger));
}

/** A message in one line, for a list, a quotation, or a kind that this version cannot show. */
export function contentWords(kind: string, body: Record<string, unknown>): string {
  const { kinds } = words;
  const named = (label: string, name: unknown) => (typeof name === 'string' ? `${label} ${name}` : label);
  switch (kind) {
    case 'text':
      return typeof body['text'] === 'string' ? body['text'] : '';
    case 'image':
      return kinds.image;
    case 'voice':
      return typeof body['ms'] === 'number' ? kinds.voiceFor(Math.ceil(body['ms'] / 1000)) : kinds.voice;
    case 'video':
      return kinds.video;
    case 'file':
      return named(kinds.file, body['name']);
    case 'location':
      return named(kinds.location, body['name']);
    case 'card':
      return named(kinds.card, body['title']);
    default:
      return kinds.unknown;
  }
}

/** Somebody may take back another's message as well: owners and admins. */
export function recallWords(by: UserId | '', from: UserId | '', nameOf: NameOf): string {
  if (by === '') return words.recall.server;
  return by === from ? words.recall.own(nameOf(by)) : words.recall.other(nameOf(by), nameOf(from));
}

/** What stands before a room's last message. */
export function roomMarkWords(mark: {
  waiting: number;
  failed: number;
  called: boolean;
  draft: boolean;
}): string {
  if (mark.failed > 0) return words.roomMarks.failed;
  if (mark.called) return words.roomMarks.called;
  if (mark.waiting > 0) return words.roomMarks.waiting(mark.waiting);
  return mark.draft ? words.roomMarks.draft : '';
}

/** Of a message that answers another, the other in one line; `target` is absent where it is not on the phone. */
export function quoteWords(target: { name: string; words: string; recalled: boolean } | undefined): string {
  if (!target) return words.quote.old;
  return target.recalled ? words.quote.recalled : words.quote.of(target.name, target.words);
}

/** What a writer should know before writing. */
export function slowHintWords(slowSeconds: number): string {
  return slowSeconds > 0 ? words.chat.slow(slowSeconds) : '';
}

/** Counts the last hour down, and says why where a moderator did. */
export function mutedHintWords(until: number, now: number, reason = ''): string {
  const seconds = Math.ceil((until - now) / 1000);
  const two = (part: number): string => `${part < 10 ? '0' : ''}${part}`;
  const told =
    seconds > 3_600
      ? words.chat.mutedUntil(endWords(until, now))
      : words.chat.mutedFor(`${Math.floor(seconds / 60)}:${two(seconds % 60)}`);
  return isBlank(reason) ? told : told + words.bar.between + words.signIn.reason(isolate(reason));
}

/** Why a message was not taken: until when, and what the moderator said. */
export function problemWords(
  { error = '', retryAt, reason }: { error?: string; retryAt?: number; reason?: string },
  now: number,
): string {
  const problem = errorWords(error);
  const isLong = retryAt !== undefined && retryAt > now;
  const told = isLong ? words.chat.until(problem, fullTime(retryAt, now)) : problem;
  return reason ? words.chat.reason(told, isolate(reason)) : told;
}

/** Of the other one of a direct chat; nothing where it is not known. */
export function presenceWords(peer: { online: boolean; lastSeen: number }, now: number): string {
  if (peer.online) return words.presence.online;
  return peer.lastSeen > 0 ? words.presence.lastSeen(fullTime(peer.lastSeen, now)) : '';
}

/** What is asked before signing out; messages that wait are lost with the login. */
export function signOutWords(waiting: number): string {
  return waiting > 0 ? words.signOut.waiting(waiting) : words.signOut.plain;
}

/** What is wrong with a name; nothing where it will do. */
export function nameProblem(name: string): string {
  if (isBlank(name)) return words.profile.nameMissing;
  return countCharacters(name) > 32 ? words.profile.nameTooLong : '';
}

/** The same of a room's name, by protocol §4. */
export function roomNameProblem(name: string): string {
  if (isBlank(name)) return words.room.nameMissing;
  return countCharacters(name) > 64 ? words.room.nameTooLong : '';
}

export interface Notice {
  /** Who did it; '' for the server. */
  from: UserId | '';
  body: Record<string, unknown>;
}

/** A notice of protocol §4 (`sys`) in one sentence. */
export function noticeWords({ from, body }: Notice, nameOf: NameOf, now: number): string {
  const by = from === '' ? '' : nameOf(from);
  const user = typeof body['user'] === 'string' ? nameOf(body['user']) : '';
  const text = (field: string) => (typeof body[field] === 'string' ? isolate(body[field]) : '');
  const number = (field: string) => (typeof body[field] === 'number' ? body[field] : 0);
  const { notices } = words;
  switch (body['action']) {
    case 'created':
      return by === '' ? notices.created : notices.createdBy(by);
    case 'joined':
      return notices.joined(user);
    case 'left':
      return notices.left(user);
    case 'invited':
      return by === '' ? notices.joined(everyone(body, nameOf)) : notices.invited(by, everyone(body, nameOf));
    case 'removed':
      return by === '' ? notices.removed(user) : notices.removedBy(by, user);
    case 'renamed':
      return notices.renamed(by, text('name'));
    case 'role':
      return notices.role(user, roleWords(text('role')) || words.roles.member);
    case 'muted':
      return notices.muted(user, endWords(number('until'), now));
    case 'unmuted':
      return notices.unmuted(user);
    case 'pinned':
      return notices.pinned(by);
    case 'unpinned':
      return notices.unpinned(by);
    case 'slow':
      return number('seconds') > 0 ? notices.slow(number('seconds')) : notices.slowOff;
    case 'closed':
      return notices.closed;
    default:
      return notices.unknown;
  }
}

/** Of an invitation that names many, the first three. */
function everyone(body: Record<string, unknown>, nameOf: NameOf): string {
  const users = Array.isArray(body['users']) ? body['users'].filter((id) => typeof id === 'string') : [];
  const names = users.slice(0, 3).map(nameOf);
  return users.length > 3 ? words.names.andMore(names, users.length) : words.names.list(names);
}

/** Nothing for a plain member. */
export function roleWords(role: string): string {
  const titles: Record<string, string> = words.roles;
  return role === 'member' ? '' : (titles[role] ?? '');
}

export function mutedWords(until: number, now: number): string {
  return words.sanctions.mutedUntil(endWords(until, now));
}

/** When a mute ends; nothing where it does not by itself. */
function endWords(until: number, now: number): string {
  return until >= FOREVER ? '' : fullTime(until, now);
}

/** Who types; nothing when nobody does. */
export function typingWords(users: readonly UserId[], nameOf: NameOf): string {
  if (users.length === 0) return '';
  if (users.length > 2) return words.presence.manyTyping(users.length);
  return words.presence.typing(words.names.list(users.map(nameOf)));
}

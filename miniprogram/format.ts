/**
 * How facts look: times, counts, names, avatar letters. Owns no sentence (words/ does) and no clock: whoever
 * asks brings `now`. Times are the phone's local ones; all are milliseconds since the Unix epoch.
 */
import { words } from './words/language';

/** Colours an avatar can have; avatar.wxss paints as many. */
export const TONES = 8;

/** For a list: 14:05, Yesterday, Wednesday, Mar 7, Mar 7, 2025; or as the language has it. */
export function listTime(ts: number, now: number): string {
  return daysBefore(ts, now) === 0 ? clock(ts) : day(ts, now);
}

/** For a line between messages: the same with the time, `Yesterday 14:05`. */
export function fullTime(ts: number, now: number): string {
  return daysBefore(ts, now) === 0 ? clock(ts) : `${day(ts, now)} ${clock(ts)}`;
}

export function isSameDay(a: number, b: number): boolean {
  return midnight(a) === midnight(b);
}

function clock(ts: number): string {
  const date = new Date(ts);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function day(ts: number, now: number): string {
  const before = daysBefore(ts, now);
  const date = new Date(ts);
  if (before === 0) return words.dates.today;
  if (before === 1) return words.dates.yesterday;
  if (before > 1 && before < 7) return words.dates.weekdays[date.getDay()] ?? '';
  const [month, dayOfMonth] = [date.getMonth() + 1, date.getDate()];
  if (date.getFullYear() === new Date(now).getFullYear()) return words.dates.inYear(month, dayOfMonth);
  return words.dates.full(date.getFullYear(), month, dayOfMonth);
}

/** Whole calendar days; negative when `ts` lies ahead. Rounded, since a day with a clock change is no 24 h. */
function daysBefore(ts: number, now: number): number {
  return Math.round((midnight(now) - midnight(ts)) / 86_400_000);
}

function midnight(ts: number): number {
  return new Date(ts).setHours(0, 0, 0, 0);
}

function two(n: number): string {
  return n < 10 ? `0${n}` : `${n}`;
}

/** What fits a badge; nothing for nothing. */
export function badge(count: number): string {
  if (count <= 0) return '';
  return count > 99 ? '99+' : `${count}`;
}

/** As the server counts a text's length: code points, not UTF-16 units. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** What shows nothing: spaces, zero-width characters, controls of direction, fillers, variation selectors. */
const INVISIBLE =
  /^[\s\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]$|^[\ufe00-\ufe0f]$/;
const DIRECTION_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200f\u061c]/;

/** True where a reader would see nothing at all. */
export function isBlank(text: string): boolean {
  return initial(text) === '';
}

/** The first visible character, in upper case; nothing where there is none. */
export function initial(name: string): string {
  for (const character of name) {
    if (!INVISIBLE.test(character)) return character.toUpperCase();
  }
  return '';
}

/** The same for the same seed, everywhere: 0 … TONES-1. */
export function tone(seed: string): number {
  let sum = 0;
  for (let i = 0; i < seed.length; i += 1) sum = (sum * 31 + seed.charCodeAt(i)) >>> 0;
  return sum % TONES;
}

/**
 * Somebody's own words inside a sentence of ours: they cannot turn the rest of the sentence round. Controls of
 * direction are taken out, and what is written from the right stands in an isolate (U+2068 … U+2069).
 */
export function isolate(text: string): string {
  const plain = text.replace(DIRECTION_CONTROLS, '');
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** An address an `<image>` may load: the web by TLS, a file of this phone, this package. */
export function pictureSource(avatar: string | undefined): string {
  return avatar !== undefined &&
    /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|tmp)[:/]|wxfile:\/\/|\/)/.test(avatar)
    ? avatar
    : '';
}

/** Somebody, or a room, who may have a picture. */
interface Pictured {
  avatar?: string;
}

/** Where the picture of it can be loaded just now; '' where there is none, or the address is not known yet. */
export function pictureOf(
  files: Readonly<Record<string, { url: string }>>,
  of: Pictured | undefined,
): string {
  return of?.avatar === undefined ? '' : (files[of.avatar]?.url ?? '');
}

/** The files of all their pictures, to be looked for. */
export function picturesOf(all: readonly (Pictured | undefined)[]): string[] {
  return all.flatMap((of) => of?.avatar ?? []);
}

/** Of files that a page shows and the tree does not: the addresses that are known, by file id. */
export function addressesOf(
  files: Readonly<Record<string, { url: string }>>,
  wanted: readonly string[],
): Record<string, string> {
  return Object.fromEntries(wanted.flatMap((id) => (files[id]?.url ? [[id, files[id].url]] : [])));
}

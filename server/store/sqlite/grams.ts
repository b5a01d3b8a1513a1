/**
 * Text as the search index holds it: each character, each pair, and of ASCII also each three in a row, because pairs
 * of letters are in every sentence. One query then is an AND of tokens, whatever its length and script; what it finds
 * may still have them in another order and is looked at. Every entry also holds a token of its room.
 */

/** Beyond the ASCII letters and digits, the tokenizer takes ASCII for separators: these stand in for it. */
const STAND_IN = 0xe000;
const ROOM = '\uf8ff';
/** More would only cost: what so many pairs leave is as good as found. */
const MAX_TERMS = 24;

const isAscii = (char: string): boolean => char.charCodeAt(0) < 0x80;

function charsOf(folded: string): { char: string; ascii: boolean }[] {
  return Array.from(folded, (char) => ({
    ascii: isAscii(char),
    char: isAscii(char) && !/[a-z0-9]/.test(char) ? String.fromCharCode(STAND_IN + char.charCodeAt(0)) : char,
  }));
}

const roomToken = (room: number): string => ROOM + String(room);

/** The document of an entry. The same text in the same room is always the same document. */
export function documentOf(folded: string, room: number): string {
  const chars = charsOf(folded);
  const tokens = new Set<string>();
  chars.forEach(({ char, ascii }, i) => {
    tokens.add(char);
    const [second, third] = [chars[i + 1], chars[i + 2]];
    if (second) tokens.add(char + second.char);
    if (ascii && second?.ascii && third?.ascii) tokens.add(char + second.char + third.char);
  });
  return `${roomToken(room)} ${[...tokens].join(' ')}`;
}

/** The query that documents with the text `folded`, in one of the rooms, match. `rooms` null: anywhere. */
export function matchOf(folded: string, rooms: readonly number[] | null): string {
  const terms = termsOf(folded).map(quoted).join(' AND ');
  return rooms === null
    ? terms
    : `${terms} AND (${rooms.map((room) => quoted(roomToken(room))).join(' OR ')})`;
}

function termsOf(folded: string): string[] {
  const chars = charsOf(folded);
  if (chars.length < 2) return chars.map(({ char }) => char);
  const terms = new Set<string>();
  for (let i = 0; i + 1 < chars.length; i += 1) {
    const [first, second, third] = [chars[i], chars[i + 1], chars[i + 2]];
    if (!first || !second) break;
    if (first.ascii && second.ascii && third?.ascii) terms.add(first.char + second.char + third.char);
    // A pair of letters at the end is in the three before it.
    else if (!(first.ascii && second.ascii && chars[i - 1]?.ascii)) terms.add(first.char + second.char);
  }
  return [...terms].slice(0, MAX_TERMS);
}

/** No token holds a quotation mark: it has a stand-in. */
const quoted = (token: string): string => `"${token}"`;

/**
 * Text as the search index holds it: of Latin letters and of digits each word, and how it begins; of all other scripts,
 * which may not part their words, each character and each pair. One query then is an AND of tokens, whatever its
 * length and script; what it finds may still have them in another order, or other signs in between, and is looked at.
 * Every entry also holds a token of its room.
 */

/** Letters, digits, and what is neither nor ASCII. All else parts them. */
const RUNS = /[a-z]+|[0-9]+|[^\0-\x7f]+/g;
/** From the private use area: no script, and for the tokenizer no separator. */
const ROOM = '\uf8ff';
/** Beginnings that are tokens of their own: too many words share them. */
const SHORT = 2;
/** More would only cost: what so many leave is as good as found. */
const MAX_TERMS = 24;

const isLatin = (run: string): boolean => run.charCodeAt(0) < 0x80;
const roomToken = (room: number): string => ROOM + String(room);

/** The document of an entry. The same text in the same room is always the same document. */
export function documentOf(folded: string, room: number): string {
  const tokens = new Set([roomToken(room)]);
  for (const run of folded.match(RUNS) ?? []) {
    if (isLatin(run)) {
      tokens.add(run);
      for (let length = 1; length <= SHORT && length < run.length; length += 1)
        tokens.add(run.slice(0, length));
      continue;
    }
    let before = '';
    for (const char of run) {
      tokens.add(char);
      if (before !== '') tokens.add(before + char);
      before = char;
    }
  }
  return [...tokens].join(' ');
}

/** The query that documents with the text `folded`, in one of the rooms, match. `rooms` null: anywhere. */
export function matchOf(folded: string, rooms: readonly number[] | null): string | null {
  const terms = termsOf(folded);
  if (rooms !== null) terms.push(`(${rooms.map((room) => quoted(roomToken(room))).join(' OR ')})`);
  return terms.length === 0 ? null : terms.join(' AND ');
}

function termsOf(folded: string): string[] {
  const terms = new Set<string>();
  for (const { 0: run, index } of folded.matchAll(RUNS)) {
    // A word at the end of the query may go on in the text.
    const mayGoOn = index + run.length === folded.length && run.length > SHORT;
    if (isLatin(run)) terms.add(quoted(run) + (mayGoOn ? '*' : ''));
    else for (const pair of pairsOf(run)) terms.add(quoted(pair));
  }
  return [...terms].slice(0, MAX_TERMS);
}

/** Of a single character, itself. */
function pairsOf(run: string): string[] {
  const chars = Array.from(run);
  return chars.length === 1 ? chars : chars.slice(1).map((char, i) => (chars[i] ?? '') + char);
}

/** No token holds a quotation mark. */
const quoted = (token: string): string => `"${token}"`;

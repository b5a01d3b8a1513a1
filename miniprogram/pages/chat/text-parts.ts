/** A text in parts: addresses that a tap copies, and calls of people. PURE; the parts joined are the text. */

export interface TextPart {
  text: string;
  /** link · call · me: a call of whoever reads; absent: plain. */
  as?: 'link' | 'call' | 'me';
}

/** Up to what cannot belong to an address in running Chinese or English; the full stop behind it is none of it. */
const LINK = /(?:https?:\/\/|www\.)[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#=&+%]/g;

/** @param calls as they stand behind an @ in the text */
export function textParts(text: string, calls: readonly { name: string; isMe: boolean }[]): TextPart[] {
  const found: { from: number; to: number; as: 'link' | 'call' | 'me' }[] = [];
  for (const match of text.matchAll(LINK)) {
    found.push({ from: match.index, to: match.index + match[0].length, as: 'link' });
  }
  // The longest first: @小明 must not take the beginning of @小明明.
  const byLength = [...calls].sort((a, b) => b.name.length - a.name.length);
  for (const { name, isMe } of byLength) {
    const word = `@${name}`;
    for (let from = text.indexOf(word); from >= 0; from = text.indexOf(word, from + 1)) {
      const to = from + word.length;
      if (found.some((other) => from < other.to && to > other.from)) continue;
      found.push({ from, to, as: isMe ? 'me' : 'call' });
    }
  }
  if (found.length === 0) return [];
  found.sort((a, b) => a.from - b.from);
  const parts: TextPart[] = [];
  let at = 0;
  for (const { from, to, as } of found) {
    if (from > at) parts.push({ text: text.slice(at, from) });
    parts.push({ text: text.slice(from, to), as });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

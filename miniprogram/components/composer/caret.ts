/** Changes of a text where its caret is. PURE; a caret is a place between UTF-16 units, -1 where none is known. */

export interface Written {
  text: string;
  caret: number;
}

export function put(text: string, caret: number, more: string): Written {
  const at = placeIn(text, caret);
  return { text: text.slice(0, at) + more + text.slice(at), caret: at + more.length };
}

/** Takes away what a reader sees as the one sign before the caret: an emoji with all that it is made of. */
export function rubOut(text: string, caret: number): Written {
  const at = placeIn(text, caret);
  const start = at - lengthOfLast(text.slice(0, at));
  return { text: text.slice(0, start) + text.slice(at), caret: start };
}

function placeIn(text: string, caret: number): number {
  return caret < 0 || caret > text.length ? text.length : caret;
}

/** With skin tones and variation selectors; joined signs; pairs of flag letters. Phones lack Intl.Segmenter. */
const DRESS = String.raw`(?:[\u{1f3fb}-\u{1f3ff}]|\ufe0f)*`;
const PICTURE = String.raw`\p{Extended_Pictographic}${DRESS}`;
const SIGN = new RegExp(String.raw`(?:\p{Regional_Indicator}{2}|${PICTURE}(?:\u200d${PICTURE})*|.)$`, 'su');

function lengthOfLast(text: string): number {
  return SIGN.exec(text)?.[0].length ?? 0;
}

/** The words in what somebody writes: the texts of a body that people read, found and changed. Pure. */
import type { ContentBodies, ContentKind } from '../../miniprogram/protocol/objects.ts';

/** A message, or the new text of one. */
export type Utterance = { [K in ContentKind]: { kind: K; body: ContentBodies[K] } }[ContentKind];

/** How deep a custom body is searched; the door lets nothing deeper in. */
const DEEPEST = 32;

/** Every text in it, in order; none for what has no words, such as a voice. */
export function wordsIn(utterance: Utterance): string[] {
  const words: string[] = [];
  mapWords(utterance, (text) => {
    words.push(text);
    return text;
  });
  return words;
}

/** The same utterance with each of its texts as `change` gives it back. */
export function mapWords(utterance: Utterance, change: (text: string) => string): Utterance {
  switch (utterance.kind) {
    case 'text':
      return { ...utterance, body: { ...utterance.body, text: change(utterance.body.text) } };
    case 'location':
      return { ...utterance, body: changed(utterance.body, ['name', 'address'], change) };
    case 'card':
      return { ...utterance, body: changed(utterance.body, ['title'], change) };
    case 'video':
      return { ...utterance, body: changed(utterance.body, ['name'], change) };
    case 'file':
      return { ...utterance, body: changed(utterance.body, ['name'], change) };
    case 'custom': {
      const { type, data } = utterance.body;
      return { ...utterance, body: { type, data: everyText(data, change, DEEPEST) } };
    }
    case 'image':
    case 'voice':
      return utterance;
  }
}

function changed<T extends object>(body: T, fields: (keyof T)[], change: (text: string) => string): T {
  const words: Partial<T> = {};
  for (const field of fields) {
    const text = body[field];
    if (typeof text === 'string' && text !== '') words[field] = change(text) as typeof text;
  }
  return { ...body, ...words };
}

function everyText(value: unknown, change: (text: string) => string, deeper: number): unknown {
  if (typeof value === 'string') return value === '' ? value : change(value);
  if (typeof value !== 'object' || value === null || deeper === 0) return value;
  if (Array.isArray(value)) return value.map((item) => everyText(item, change, deeper - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, everyText(item, change, deeper - 1)]),
  );
}

/**
 * The fields of a subscribe message, each held to what WeChat allows for its kind, which is told by the letters of its
 * name: a value that is too long or of another form has the whole message refused (47003). Pure.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
 */
import type { Notice } from '../domain/ports.ts';

/** What a field may be filled with; `"…"` is always the same. */
export const SOURCES = ['from', 'room', 'text', 'time'] as const;
export type Source = (typeof SOURCES)[number] | { always: string };

export interface Field {
  /** As WeChat's console names it: `thing1`, `time3`. */
  name: string;
  source: Source;
}

/** By kind of field: what may fill it, and its form. */
export const KINDS: Readonly<Record<string, { takes: readonly string[]; form: (text: string) => string }>> = {
  thing: { takes: ['from', 'room', 'text'], form: (text) => cut(text, 20) },
  name: { takes: ['from'], form: nameOf },
  time: { takes: ['time'], form: (text) => text },
  date: { takes: ['time'], form: (text) => text },
  phrase: { takes: [], form: (text) => cut(text, 5) },
  character_string: { takes: [], form: (text) => cut(text, 32) },
  number: { takes: [], form: (text) => cut(text, 32) },
};

/** `thing` of `thing12`. */
export const kindOf = (name: string): string => name.replace(/\d+$/, '');

export function fieldsOf(fields: readonly Field[], notice: Notice): Record<string, { value: string }> {
  return Object.fromEntries(
    fields.map(({ name, source }) => {
      const text = typeof source === 'object' ? source.always : textOf(source, notice);
      // An empty value is refused like one that is too long.
      return [name, { value: (KINDS[kindOf(name)]?.form ?? cut20)(text) || '…' }];
    }),
  );
}

function textOf(source: (typeof SOURCES)[number], notice: Notice): string {
  switch (source) {
    case 'from':
      return notice.from;
    case 'room':
      return notice.roomName || '群聊';
    case 'text':
      return notice.content === 'text' ? notice.text : `[${WORDS[notice.content] ?? '消息'}]`;
    case 'time':
      return timeOf(notice.ts);
  }
}

const WORDS: Readonly<Partial<Record<Notice['content'], string>>> = {
  image: '图片',
  voice: '语音',
  video: '视频',
  file: '文件',
  location: '位置',
  card: '卡片',
};

/** On one line, and no longer than so many characters. */
function cut(text: string, most: number): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}
const cut20 = (text: string): string => cut(text, 20);

/** Ten characters where there are Chinese ones, else twenty letters; no digits or signs in it. */
function nameOf(text: string): string {
  const letters = text.replace(/[^\p{L}]/gu, '');
  const most = /\p{Script=Han}/u.test(letters) ? 10 : 20;
  return [...letters].slice(0, most).join('') || '茶友';
}

const BEIJING_MS = 8 * 3_600_000;

/** As people in China read it: `2026年11月25日 09:05`. */
function timeOf(ts: number): string {
  const date = new Date(ts + BEIJING_MS);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getUTCFullYear()}年${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

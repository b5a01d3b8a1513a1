/** Entries of a room's log in words, as they are listed, followed and exported. */
import type { Entry } from '../../miniprogram/protocol/objects.ts';

export type People = Readonly<Record<string, string>>;

export const nameOf = (id: string, people: People): string => (id === '' ? '·' : (people[id] ?? id));

/** What it says, on one or several lines. */
export function wordsOf(entry: Entry, people: People): string {
  if (entry.recalled) return '(recalled)';
  switch (entry.kind) {
    case 'text':
      return entry.body.text;
    case 'image':
      return `[image ${entry.body.w}×${entry.body.h}]`;
    case 'voice':
      return `[voice ${Math.round(entry.body.ms / 1_000)} s]`;
    case 'video':
    case 'file':
      return `[${entry.kind} ${entry.body.name ?? ''} ${entry.body.size} bytes]`;
    case 'location':
      return `[location ${entry.body.name ?? ''} ${entry.body.lat},${entry.body.lng}]`;
    case 'card':
      return `[card ${entry.body.title}]`;
    case 'custom':
      return `[${entry.body.type}] ${JSON.stringify(entry.body.data)}`;
    case 'recall':
      return `recalled ${entry.target ?? ''}`;
    case 'edit':
      return `edited ${entry.target ?? ''}: ${entry.body.text}`;
    case 'react':
      return `${entry.body.on ? 'reacted' : 'took back'} ${entry.body.emoji} on ${entry.target ?? ''}`;
    case 'sys':
      return noticeOf(entry.body, people);
  }
}

function noticeOf({ action, ...rest }: { action: string } & object, people: People): string {
  const parts = Object.entries(rest).map(([name, value]: [string, unknown]) => {
    if (name === 'user') return nameOf(String(value), people);
    if (name === 'users' && Array.isArray(value))
      return value.map((id) => nameOf(String(id), people)).join(', ');
    if (name === 'until') return `until ${new Date(Number(value)).toISOString()}`;
    return String(value);
  });
  return `* ${[action, ...parts].join(' ')}`;
}

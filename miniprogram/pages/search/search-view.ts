/** What was found, by room, with the words that were looked for marked. PURE. */
import type { Hit, State } from '../../../typings/app';
import { fullTime } from '../../format';
import { words } from '../../words/language';
import { contentWords, namesFor } from '../../words/sentences';

export interface Part {
  text: string;
  isHit: boolean;
}

export interface HitItem {
  key: string;
  seq: number;
  seed: string;
  from: string;
  /** A file. */
  avatar: string;
  about: string;
  parts: Part[];
}

export interface HitGroup {
  /** The room. */
  key: string;
  name: string;
  hits: HitItem[];
}

/** So much of a long text stands before the words that were found. */
const BEFORE = 20;
const LINE = 100;

/** Rooms in the order of their newest hit; in each the newest first. What is found twice stands once. */
export function hitGroups(
  hits: readonly Hit[],
  query: string,
  seen: { state: Readonly<State>; now: number },
): HitGroup[] {
  const { state, now } = seen;
  const me = state.session.name === 'signed-in' ? state.session.user.id : '';
  const nameOf = namesFor(state.people, me);
  const groups = new Map<string, HitGroup>();
  const known = new Set<string>();
  for (const { room, seq, ts, from, kind, body } of [...hits].sort((a, b) => b.ts - a.ts)) {
    const key = `${room}-${seq}`;
    if (known.has(key)) continue;
    known.add(key);
    const group = groups.get(room) ?? {
      key: room,
      name: state.rooms[room]?.name || words.rooms.unnamed,
      hits: [],
    };
    groups.set(room, group);
    const name = from === '' ? '' : nameOf(from);
    group.hits.push({
      key,
      seq,
      seed: from,
      from: state.people[from]?.name ?? name,
      avatar: state.people[from]?.avatar ?? '',
      about: words.search.from(name, fullTime(ts, now)),
      parts: marked(contentWords(kind, body), query),
    });
  }
  return [...groups.values()];
}

/** The text around the first place where the words stand, all places in it marked. */
export function marked(text: string, query: string): Part[] {
  const wanted = query.trim().toLowerCase();
  const lower = text.toLowerCase();
  // Letters that change their length in lower case would shift the marks: better none than wrong ones.
  const first = wanted === '' || lower.length !== text.length ? -1 : lower.indexOf(wanted);
  const start = Math.max(0, first - BEFORE);
  const shown = text.slice(start, start + LINE);
  const parts: Part[] = [];
  let at = 0;
  for (let hit = first - start; first >= 0 && hit >= 0; hit = shown.toLowerCase().indexOf(wanted, at)) {
    if (hit > at) parts.push({ text: shown.slice(at, hit), isHit: false });
    parts.push({ text: shown.slice(hit, hit + wanted.length), isHit: true });
    at = hit + wanted.length;
  }
  if (at < shown.length) parts.push({ text: shown.slice(at), isHit: false });
  const [head] = parts;
  if (start > 0 && head) head.text = `…${head.text}`;
  return parts;
}

/** The forms of an export. What people wrote is data in each of them: markup in HTML and formulas in CSV do nothing. */
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { nameOf, type People, wordsOf } from './entry.ts';
import type { Named } from './lookup.ts';

export type Format = 'jsonl' | 'csv' | 'html';

interface Form {
  head(room: Named, now: number): string;
  line(entry: Entry, people: People): string;
  /** @param count of entries */
  foot(count: number): string;
}

/** One entry as the contract has it, with the name of its sender beside. */
const jsonl: Form = {
  head: () => '',
  line: (entry, people) => `${JSON.stringify({ ...entry, name: people[entry.from] ?? '' })}\n`,
  foot: () => '',
};

/** RFC 4180, with a mark of its encoding, without which Excel takes Chinese for something else. */
const csv: Form = {
  head: () => `\uFEFF${['seq', 'time', 'from', 'name', 'kind', 'text', 'target'].join(',')}\r\n`,
  line: (entry, people) => {
    const { seq, ts, from, kind, target } = entry;
    const cells = [
      String(seq),
      new Date(ts).toISOString(),
      from,
      people[from] ?? '',
      kind,
      wordsOf(entry, people),
      target === undefined ? '' : String(target),
    ];
    return `${cells.map(cell).join(',')}\r\n`;
  },
  foot: () => '',
};

function cell(text: string): string {
  // A spreadsheet would run what begins like a formula.
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

const html: Form = {
  head: ({ id, name }, now) => `<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(name)}</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --soft: #888; --bubble: #f2f2f2; }
  @media (prefers-color-scheme: dark) { :root { --bubble: #2a2a2a; } }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
  header { border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
  h1 { font-size: 1.4rem; margin: 0; }
  header p, footer, .meta { color: var(--soft); font-size: .8rem; }
  article { margin: 0 0 1rem; scroll-margin-top: 1rem; }
  .meta b { color: CanvasText; font-size: .9rem; margin-right: .5em; }
  .meta a { color: inherit; text-decoration: none; }
  .says { background: var(--bubble); border-radius: .2rem .8rem .8rem; display: inline-block; padding: .35rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; max-width: 100%; box-sizing: border-box; }
  .recalled .says { background: none; color: var(--soft); font-style: italic; padding: 0; }
  .notice { color: var(--soft); font-size: .8rem; text-align: center; overflow-wrap: anywhere; }
  footer { border-top: 1px solid var(--line); padding: .5rem 0 2rem; }
</style>
<header><h1>${escaped(name)}</h1><p>${escaped(id)} · exported ${stamp(now)}</p></header>
<main>
`,
  line: (entry, people) => {
    const { seq, ts, from, kind } = entry;
    const says = escaped(wordsOf(entry, people));
    if (kind === 'sys' || kind === 'recall' || kind === 'edit' || kind === 'react') {
      const who = from === '' ? '' : `<bdi>${escaped(nameOf(from, people))}</bdi> `;
      return `<p class="notice" id="e${seq}">${who}${says} · ${stamp(ts)}</p>\n`;
    }
    const name = `<b><bdi>${escaped(nameOf(from, people))}</bdi></b>`;
    const reply =
      entry.reply === undefined ? '' : ` · reply to <a href="#e${entry.reply}">${entry.reply}</a>`;
    const edited = entry.edited === undefined ? '' : ' · edited';
    const meta = `${name}<time datetime="${new Date(ts).toISOString()}">${stamp(ts)}</time> · <a href="#e${seq}">${seq}</a>${reply}${edited}`;
    return `<article id="e${seq}"${entry.recalled ? ' class="recalled"' : ''}><div class="meta">${meta}</div><div class="says">${says}</div></article>\n`;
  },
  foot: (count) => `</main>\n<footer>${count} entries</footer>\n</html>\n`,
};

export const FORMATS: Readonly<Record<Format, Form>> = { jsonl, csv, html };

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/**
 * A bar chart as SVG: a bar a row, its median, and a line from the least to the most of the rounds. Pure. Made for a
 * page in light or dark: it brings its own colours for both.
 */
import type { Spread } from './statistics.ts';

export interface Bar {
  label: string;
  spread: Spread;
  /** Ours stand out. */
  tone: 'ours' | 'peer';
}

const WIDTH = 720;
const LABELS = 220;
const FIGURES = 110;
const ROW = 30;
const TOP = 34;
const STYLE = `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.peer{fill:#9aa7b4}
.ours{fill:#2a7d4f}.range{stroke:#24292f;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.peer{fill:#5a6672}.ours{fill:#4fb37f}.range{stroke:#e6edf3}}`;

export function barChart(title: string, bars: readonly Bar[], show: (value: number) => string): string {
  const most = Math.max(...bars.map(({ spread }) => spread.max), Number.MIN_VALUE);
  const x = (value: number): string => (LABELS + (value / most) * (WIDTH - LABELS - FIGURES)).toFixed(1);
  const rows = bars.map(({ label, spread, tone }, index) => {
    const y = TOP + index * ROW;
    const middle = y + 10;
    return [
      `<text x="${LABELS - 8}" y="${y + 15}" text-anchor="end">${escape(label)}</text>`,
      `<rect class="${tone}" x="${LABELS}" y="${y}" width="${(Number(x(spread.median)) - LABELS).toFixed(1)}" height="20" rx="2"/>`,
      `<path class="range" d="M${x(spread.min)} ${middle}H${x(spread.max)}"/>`,
      `<text x="${Number(x(spread.max)) + 8}" y="${y + 15}">${escape(show(spread.median))}</text>`,
    ].join('');
  });
  const height = TOP + bars.length * ROW + 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="18">${escape(title)}</text>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

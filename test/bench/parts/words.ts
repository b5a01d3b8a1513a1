/**
 * What the word list costs a message: folding it and looking for 10,000 words in it. Asks the list itself, on the
 * generator's core; the server that runs beside it does nothing.
 */
import { Matcher } from '../../../server/words/matcher.ts';
import { OURS } from '../contenders/kind.ts';
import type { Part, Sample } from '../part.ts';
import { percentile } from '../statistics.ts';

const WORDS = 10_000;
const NONE = { lost: 0, again: 0, misordered: 0, strange: 0 };
/** Messages whose times are one sample: one alone is shorter than the clock can tell. */
const BATCH = 100;
const OF_EACH = 1_000;

const [HAN, LATIN] = [0x4e00, 'abcdefghijklmnopqrstuvwxyz'];
const han = (n: number): string => String.fromCodePoint(HAN + (n % 5_000));

/** Four of five Chinese, 2 to 5 characters; the fifth Latin, 4 to 9 letters. The same in every run. */
function wordList(): string[] {
  return Array.from({ length: WORDS }, (_, i) =>
    i % 5 === 4
      ? Array.from({ length: 4 + (i % 6) }, (_, j) => LATIN[(i * 7 + j * j * 11 + i * j) % 26]).join('')
      : Array.from({ length: 2 + (i % 4) }, (_, j) => han(i * 7_919 + j * 104_729)).join(''),
  );
}

const SHAPES: Record<string, (n: number) => string> = {
  '20 characters, Chinese': (n) => Array.from({ length: 20 }, (_, j) => han(n * 31 + j * j * 17)).join(''),
  '100 characters, mixed': (n) =>
    Array.from({ length: 100 }, (_, j) =>
      j % 7 === 0 ? ' ' : j % 3 === 0 ? LATIN[(n + j) % 26] : han(n * 31 + j * 17),
    ).join(''),
  '2,000 characters, Chinese': (n) => Array.from({ length: 2_000 }, (_, j) => han(n * 31 + j * 13)).join(''),
};

export const words: Part = {
  name: 'words',
  title: '10,000 words on the list: microseconds a message',
  defaults: { sockets: 1, seconds: 2, warmUpSeconds: 1, rounds: 1 },
  quick: { seconds: 0.3, warmUpSeconds: 0.2 },
  columns: [
    { metric: 'p50', title: 'p50 µs', scale: 1, digits: 1 },
    { metric: 'p99', title: 'p99 µs', scale: 1, digits: 1 },
    { metric: 'buildMs', title: 'list made ready ms', scale: 1, digits: 0 },
    { metric: 'messages', title: 'messages', scale: 1, digits: 0 },
  ],
  suits: ({ name }) => name === OURS,
  generate(_, { seconds, warmUpSeconds }) {
    const began = performance.now();
    const list = wordList();
    const matcher = new Matcher(list.map((word) => ({ word, action: 'mask', by: 'bench', ts: 0 })));
    const buildMs = performance.now() - began;
    const samples = Object.entries(SHAPES).map(([shape, make]): Sample => {
      const texts = Array.from({ length: OF_EACH }, (_, n) => make(n));
      measure(matcher, texts, warmUpSeconds);
      const micros = measure(matcher, texts, seconds);
      const metrics = {
        p50: percentile(micros, 0.5),
        p99: percentile(micros, 0.99),
        buildMs,
        messages: micros.length * BATCH,
      };
      return { shape, metrics, faults: NONE };
    });
    return Promise.resolve(samples);
  },
};

/** @returns microseconds a message, ascending, a batch each */
function measure(matcher: Matcher, texts: readonly string[], seconds: number): Float64Array {
  const micros: number[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let at = 0; performance.now() < end;) {
    const began = performance.now();
    for (let i = 0; i < BATCH; i += 1) matcher.screen(texts[(at += 1) % texts.length] ?? '');
    micros.push(((performance.now() - began) * 1_000) / BATCH);
  }
  return Float64Array.from(micros).sort();
}

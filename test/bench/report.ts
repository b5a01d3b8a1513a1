/** Turns sessions into the table on the terminal: per contender and shape, the median over the rounds (min–max). */
import type { Contender } from './contender.ts';
import type { Column, Part, Sample } from './part.ts';
import type { Session } from './session.ts';
import { spreadOf } from './statistics.ts';

/** More CPU than this in other processes, in cores: the figure is disturbed. */
const DISTURBED_CORES = 0.05;
/** A generator that uses more than this may be what is measured. */
const SATURATED_CORES = 0.8;

export function tableOf(
  part: Part,
  contenders: readonly Contender[],
  sessions: readonly Session[],
): Record<string, string>[] {
  return contenders.flatMap((contender) => {
    const own = sessions.filter((session) => session.contender === contender.name);
    const { title, ack } = own[0] ?? contender;
    const shapes = [...new Set(own.flatMap((session) => session.samples.map((sample) => sample.shape)))];
    return shapes.map((shape) => {
      const samples = own.flatMap((session) => session.samples.filter((sample) => sample.shape === shape));
      const values = (metric: string) => samples.map((sample) => sample.metrics[metric] ?? NaN);
      const faults = samples.reduce(
        (sum, { faults: { lost, again, misordered, strange } }) => sum + lost + again + misordered + strange,
        0,
      );
      return {
        server: title,
        ack,
        load: shape,
        ...Object.fromEntries(
          part.columns.map((column) => [column.title, cell(column, values(column.metric))]),
        ),
        'lost, doubled, misordered': String(faults),
        rounds: note(values('otherCores'), values('generatorCores')),
        ...notesOf(samples),
      };
    });
  });
}

export const absentRow = ({ title, why }: { title: string; why: string }): Record<string, string> => ({
  server: title,
  note: why,
});

/** The generator must be able to take in so many times what the best contender delivers. */
const PROVED = 1.5;

/** A line for each shape of load that the generator was proved with: how much more it carries than was asked of it. */
export function verdictOf(
  part: Part,
  generator: Record<string, number>,
  sessions: readonly Session[],
): string[] {
  return Object.entries(generator).flatMap(([shape, carried]) => {
    const rates = sessions.flatMap(({ title, samples }) =>
      samples
        .filter((sample) => (part.provedAs?.(sample.shape) ?? sample.shape) === shape)
        .map(({ metrics }) => ({ title, rate: metrics['score'] ?? metrics['perSecond'] ?? 0 })),
    );
    const best = rates.sort((one, other) => other.rate - one.rate)[0];
    if (!best || best.rate === 0) return [];
    const times = carried / best.rate;
    const verdict = times >= PROVED ? 'proved' : `not proved, which wants ${PROVED}`;
    const millions = (rate: number) => (rate / 1e6).toFixed(2);
    return [
      `generator, ${shape}: takes in ${millions(carried)} M deliveries/s, ${times.toFixed(2)} × the most that was asked of it (${best.title}, ${millions(best.rate)} M/s): ${verdict}`,
    ];
  });
}

/** What the samples say in words, each once; no column where they say nothing. */
function notesOf(samples: readonly Sample[]): { note?: string } {
  const notes = [...new Set(samples.flatMap(({ note }) => note ?? []))];
  return notes.length === 0 ? {} : { note: notes.join('; ') };
}

function cell({ scale, digits }: Column, values: readonly number[]): string {
  if (values.every(Number.isNaN)) return '–';
  const { median, min, max } = spreadOf(values);
  const show = (value: number) => (value / scale).toFixed(digits);
  return values.length === 1 ? show(median) : `${show(median)} (${show(min)}–${show(max)})`;
}

function note(others: readonly number[], generators: readonly number[]): string {
  const disturbed = others.filter((cores) => cores > DISTURBED_CORES).length;
  const saturated = generators.filter((cores) => cores > SATURATED_CORES).length;
  const parts = [`${others.length}`];
  if (disturbed > 0) parts.push(`${disturbed} disturbed`);
  if (saturated > 0) parts.push(`${saturated} generator > 80 %`);
  return parts.join(', ');
}

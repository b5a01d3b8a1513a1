/**
 * A histogram of what happens for every message. Adding to it is adding to plain numbers: prom-client would make a key
 * of the labels each time, so it is given the figures when somebody asks for them.
 */
import type { Histogram } from 'prom-client';

export interface TallyOptions {
  name: string;
  help: string;
  labelNames?: readonly string[];
  /** Upper bounds, ascending. */
  buckets: readonly number[];
}

/** Of one combination of labels. */
interface Series {
  labels: Record<string, string>;
  /** How many fell between a bound and the one before; beyond the last, at its end. */
  counts: number[];
  sum: number;
}

interface Value {
  metricName: string;
  labels: Record<string, string | number>;
  value: number;
}

export class Tally {
  readonly name: string;
  readonly #options: Required<TallyOptions>;
  readonly #series = new Map<string, Series>();

  constructor({ labelNames = [], ...options }: TallyOptions) {
    this.name = options.name;
    this.#options = { labelNames, ...options };
    if (labelNames.length === 0) this.#begin('', []);
  }

  /** @param of values of the labels, in their order; from closed lists, so that series do not grow without end */
  observe(amount: number, ...of: string[]): void {
    const key = of.join(' ');
    const series = this.#series.get(key) ?? this.#begin(key, of);
    const { buckets } = this.#options;
    let at = 0;
    while (at < buckets.length && amount > (buckets[at] ?? Infinity)) at += 1;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += amount;
  }

  /** What prom-client asks of a metric. */
  get(): Promise<object> {
    const { name, help } = this.#options;
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series));
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }

  /** Besides its name, that is all. */
  get asMetric(): Histogram {
    return this as unknown as Histogram;
  }

  #begin(key: string, of: readonly string[]): Series {
    const { labelNames, buckets } = this.#options;
    const labels = Object.fromEntries(labelNames.map((label, i) => [label, of[i] ?? '']));
    const series = { labels, counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 };
    this.#series.set(key, series);
    return series;
  }

  #valuesOf({ labels, counts, sum }: Series): Value[] {
    const { name, buckets } = this.#options;
    let count = 0;
    const bounded = [...buckets, '+Inf'].map((le, at) => {
      count += counts[at] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...bounded,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

/** Numbers as they are typed. */
import { Exit, Failure } from './exit.ts';

export function parseCount(
  text: string | undefined,
  name: string,
  { unset, least = 1, most }: { unset: number; least?: number; most: number },
): number {
  if (text === undefined) return unset;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Failure(Exit.USAGE, `${name}: ${JSON.stringify(text)} is wrong; allowed: ${least} to ${most}`);
}

export const parseSeq = (text: string, name = 'SEQ'): number =>
  parseCount(text, name, { unset: 0, most: Number.MAX_SAFE_INTEGER });

/** `12 13 20-25`, in the order given, each once. */
export function parseSeqs(texts: readonly string[], most: number): number[] {
  const seqs = new Set<number>();
  for (const text of texts) {
    const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
    if (first === undefined || last === undefined) {
      seqs.add(parseSeq(text));
      continue;
    }
    const [from, to] = [parseSeq(first), parseSeq(last)];
    if (to < from || to - from >= most) {
      throw new Failure(Exit.USAGE, `SEQ: ${JSON.stringify(text)} is no range of at most ${most}`);
    }
    for (let seq = from; seq <= to; seq += 1) seqs.add(seq);
  }
  if (seqs.size > most) throw new Failure(Exit.USAGE, `SEQ: at most ${most} at once`);
  return [...seqs];
}

/** Which seqs a page of history holds. Pure; the same for every store. */
import type { Seq } from '../../miniprogram/protocol/objects.ts';
import type { PageRange } from '../domain/ports.ts';

/** The log has no gaps, so a page is plain arithmetic. `from` > `to`: an empty page. */
export function rangeOf(
  { limit, before, after, around }: PageRange,
  { head, begins = 1 }: { head: Seq; begins?: Seq },
): { from: Seq; to: Seq; more: boolean } {
  if (after !== undefined) {
    const from = Math.max(after + 1, begins);
    const to = Math.min(from + limit - 1, head);
    return { from, to, more: to < head };
  }
  if (around !== undefined) {
    const middle = Math.min(Math.max(around, begins), head);
    const from = Math.max(Math.min(middle - Math.floor(limit / 2), head - limit + 1), begins);
    const to = Math.min(from + limit - 1, head);
    return { from, to, more: from > begins || to < head };
  }
  const to = Math.min((before ?? head + 1) - 1, head);
  const from = Math.max(to - limit + 1, begins);
  return { from, to, more: from > begins && to >= begins };
}

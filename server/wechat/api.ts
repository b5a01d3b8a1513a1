/**
 * One call to WeChat's API and what came of it. Every answer becomes one of three: the fields, an errcode, or none;
 * nothing is thrown. Owns the deadline and the bound of calls under way. No address, token or body of a call is in
 * what it gives back or tells: the AppSecret and the token travel in the query, which is WeChat's way.
 */
import type { Clock } from '../domain/ports.ts';

export type Fetch = (
  url: URL,
  init: { method: 'GET' | 'POST'; body?: string; headers?: Record<string, string>; signal: AbortSignal },
) => Promise<{ ok: boolean; text(): Promise<string> }>;

export interface WechatCall {
  method: 'GET' | 'POST';
  /** Such as `/wxa/msg_sec_check`. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: object;
  deadlineMs: number;
}

export type Silence = 'timeout' | 'unreachable' | 'status' | 'not-json' | 'crowded' | 'no-token';

export type Answer =
  | { name: 'fields'; fields: Readonly<Record<string, unknown>> }
  /** Not 0. What it means is said at the path's own page of WeChat's documents. */
  | { name: 'errcode'; errcode: number }
  /** `crowded`, `no-token`: not asked, because too many calls are under way, or for want of the server's token. */
  | { name: 'silence'; why: Silence };

type Reading = { text: string } | { why: Silence };

export interface WechatApi {
  call(call: WechatCall): Promise<Answer>;
}

export interface WechatApiDeps {
  /** Base address, without a slash at its end. */
  base: string;
  fetch: Fetch;
  clock: Pick<Clock, 'after'>;
  /** Most calls under way at once: a flood of ours must not become a flood upon WeChat. */
  maxCalls: number;
}

export function createWechatApi({ base, fetch, clock, maxCalls }: WechatApiDeps): WechatApi {
  let underWay = 0;

  async function call(asked: WechatCall): Promise<Answer> {
    if (underWay >= maxCalls) return silence('crowded');
    underWay += 1;
    try {
      return answerIn(await textOf(asked));
    } finally {
      underWay -= 1;
    }
  }

  async function textOf({ method, path, query, body, deadlineMs }: WechatCall): Promise<Reading> {
    const url = new URL(base + path);
    url.search = new URLSearchParams(query).toString();
    const abort = new AbortController();
    const undo = clock.after(deadlineMs, () => abort.abort());
    const content = body && {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    };
    try {
      const answer = await fetch(url, { method, ...content, signal: abort.signal });
      const text = await answer.text();
      return answer.ok ? { text } : { why: 'status' };
    } catch {
      return { why: abort.signal.aborted ? 'timeout' : 'unreachable' };
    } finally {
      undo();
    }
  }

  return { call };
}

/** WeChat sends JSON as text/plain, with `errcode` only where something is wrong or always, and seen as a string too. */
function answerIn(reading: Reading): Answer {
  if ('why' in reading) return silence(reading.why);
  const fields = fieldsIn(reading.text);
  if (fields === null) return silence('not-json');
  const errcode = Number(fields['errcode'] ?? 0);
  if (Number.isNaN(errcode)) return silence('not-json');
  return errcode === 0 ? { name: 'fields', fields } : { name: 'errcode', errcode };
}

function fieldsIn(text: string): Record<string, unknown> | null {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const silence = (why: Silence): Answer => ({ name: 'silence', why });

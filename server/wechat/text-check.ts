/**
 * msgSecCheck v2: `result.suggest` decides, never an errcode. Owns how WeChat's answers become verdicts. A person
 * without an openid (a bot, a dev login) is nobody to WeChat and passes: bots are the operator's, and login by name
 * is refused in production. Neither text nor openid is in any trouble.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/msgSecCheck.html
 */
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Inspector, Scene, Verdict } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import type { Answer } from './api.ts';
import type { Authorized } from './authorized.ts';
import type { Fuse } from './fuse.ts';
import type { OnTrouble } from './trouble.ts';

export interface TextCheckDeps {
  api: Authorized;
  fuse: Fuse;
  openidOf: (user: UserId) => Promise<string | null>;
  onTrouble: OnTrouble;
}

export const CHECK_DEADLINE_MS = 3_000;
/** Characters of one call. */
const LONGEST = 2_500;
/** So many characters are in both of two neighbouring pieces: a word is not cut in half. */
const OVERLAP = 50;
const SCENES: Record<Scene, 1 | 2> = { profile: 1, message: 2 };

export function createTextCheck({ api, fuse, openidOf, onTrouble }: TextCheckDeps): Inspector {
  async function text({ user, text: whole, scene }: Parameters<Inspector['text']>[0]): Promise<Verdict> {
    try {
      const openid = await openidOf(user);
      if (openid === null) return { name: 'pass' };
      const asked = { openid, scene: SCENES[scene], version: 2 };
      return worst(await Promise.all(piecesOf(whole).map((content) => check({ ...asked, content }))));
    } catch (reason) {
      // The store is away, and whoever would store the message hears of it too.
      if (reason instanceof Refusal) return NO_ANSWER;
      throw reason;
    }
  }

  async function check(body: object): Promise<Verdict> {
    const first = await ask(body);
    // Busy, or an answer that was none: at once once more. Where it was slow, it has been waited for long enough.
    const again =
      first.name === 'errcode' ? first.errcode === -1 : first.name === 'silence' && RETRIED.has(first.why);
    return verdictOf(again ? await ask(body) : first);
  }

  async function ask(body: object): Promise<Answer | typeof NOT_ALLOWED> {
    if (!(await fuse.allows())) return NOT_ALLOWED;
    const answer = await api.post({ path: '/wxa/msg_sec_check', body, deadlineMs: CHECK_DEADLINE_MS });
    if (answer.name === 'silence' || (answer.name === 'errcode' && answer.errcode === -1)) fuse.failed();
    else if (answer.name === 'errcode' && OVER_QUOTA.has(answer.errcode)) fuse.overQuota();
    else fuse.answered();
    return answer;
  }

  function verdictOf(answer: Answer | typeof NOT_ALLOWED): Verdict {
    switch (answer.name) {
      case 'not-allowed':
        return { name: 'unknown', why: 'quota' };
      case 'silence':
        onTrouble({ name: 'no-answer', call: 'text check', why: answer.why });
        return NO_ANSWER;
      case 'errcode':
        if (answer.errcode === NOT_SEEN) return { name: 'unknown', why: 'stale' };
        onTrouble({ name: 'errcode', call: 'text check', errcode: answer.errcode });
        return OVER_QUOTA.has(answer.errcode) ? { name: 'unknown', why: 'quota' } : NO_ANSWER;
      case 'fields': {
        const verdict = verdictIn(answer.fields['result']);
        if (verdict === null) onTrouble({ name: 'no-answer', call: 'text check', why: 'not-json' });
        return verdict ?? NO_ANSWER;
      }
    }
  }

  return { text };
}

const NOT_ALLOWED = { name: 'not-allowed' } as const;
const NO_ANSWER: Verdict = { name: 'unknown', why: 'no-answer' };
const RETRIED: ReadonlySet<string> = new Set(['unreachable', 'status', 'not-json']);
/** By the day or by the minute, or too much at once. */
const OVER_QUOTA: ReadonlySet<number> = new Set([45009, 45011, 44990]);
/** Not in the mini-program for two hours, says WeChat. */
const NOT_SEEN = 61010;

/** Null where it is none. What WeChat calls by a new name is for a moderator. */
export function verdictIn(result: unknown): Verdict | null {
  if (typeof result !== 'object' || result === null) return null;
  const { suggest, label } = result as { suggest?: unknown; label?: unknown };
  if (typeof suggest !== 'string') return null;
  if (suggest === 'pass') return { name: 'pass' };
  return { name: suggest === 'risky' ? 'risky' : 'review', label: Number(label) || 0 };
}

/** At most LONGEST characters each, none cut in half. */
export function piecesOf(text: string): string[] {
  if (text.length <= LONGEST) return [text];
  const characters = [...text];
  const pieces: string[] = [];
  for (let from = 0; from === 0 || from + OVERLAP < characters.length; from += LONGEST - OVERLAP) {
    pieces.push(characters.slice(from, from + LONGEST).join(''));
  }
  return pieces;
}

const RANK: Record<Verdict['name'], number> = { pass: 0, unknown: 1, review: 2, risky: 3 };

/** What one piece says the whole is: risky above all; a review comes before what nobody judged. */
function worst(verdicts: Verdict[]): Verdict {
  return verdicts.reduce((one, other) => (RANK[other.name] > RANK[one.name] ? other : one));
}

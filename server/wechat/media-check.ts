/**
 * mediaCheckAsync v2: WeChat fetches the file by a signed address, and pushes its verdict within 30 minutes (push.ts).
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/mediaCheckAsync.html
 */
import type { FileId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { FileInspector, Verdict } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import type { Authorized } from './authorized.ts';
import type { Fuse } from './fuse.ts';
import { verdictIn } from './text-check.ts';
import type { OnTrouble } from './trouble.ts';

export interface MediaCheckDeps {
  api: Authorized;
  fuse: Fuse;
  openidOf: (user: UserId) => Promise<string | null>;
  /** Where WeChat fetches the file. */
  addressOf: (file: FileId) => string;
  onTrouble: OnTrouble;
}

const DEADLINE_MS = 5_000;
const MEDIA = { voice: 1, image: 2 } as const;
const SCENE = 2;
const OVER_QUOTA: ReadonlySet<number> = new Set([45009, 45011, 44990]);
const NOT_SEEN = 61010;
type Unknown = Extract<Verdict, { name: 'unknown' }>;

export function createMediaCheck(deps: MediaCheckDeps): FileInspector {
  const { api, fuse, openidOf, addressOf, onTrouble } = deps;

  async function file({
    user,
    file: id,
    media,
  }: Parameters<FileInspector['file']>[0]): ReturnType<FileInspector['file']> {
    try {
      const openid = await openidOf(user);
      if (openid === null) return { name: 'exempt' };
      if (!(await fuse.allows())) return unknown('quota');
      const body = { openid, media_url: addressOf(id), media_type: MEDIA[media], scene: SCENE, version: 2 };
      return await ask(body);
    } catch (reason) {
      if (reason instanceof Refusal) return unknown('no-answer');
      throw reason;
    }
  }

  async function ask(body: object): ReturnType<FileInspector['file']> {
    const answer = await api.post({ path: '/wxa/media_check_async', body, deadlineMs: DEADLINE_MS });
    switch (answer.name) {
      case 'fields': {
        fuse.answered();
        const trace = answer.fields['trace_id'];
        if (typeof trace === 'string' && trace !== '') return { name: 'asked', trace };
        onTrouble({ name: 'no-answer', call: 'media check', why: 'not-json' });
        return unknown('no-answer');
      }
      case 'errcode':
        if (answer.errcode === NOT_SEEN) {
          fuse.answered();
          return unknown('stale');
        }
        onTrouble({ name: 'errcode', call: 'media check', errcode: answer.errcode });
        if (OVER_QUOTA.has(answer.errcode)) {
          fuse.overQuota();
          return unknown('quota');
        }
        fuse.failed();
        return unknown('no-answer');
      case 'silence':
        fuse.failed();
        onTrouble({ name: 'no-answer', call: 'media check', why: answer.why });
        return unknown('no-answer');
    }
  }

  return { file };
}

const unknown = (why: Unknown['why']): Unknown => ({ name: 'unknown', why });

/** What a pushed event says of a file; null where it is another event. */
export function mediaVerdictIn(
  event: Readonly<Record<string, unknown>>,
): { trace: string; verdict: Verdict } | null {
  const { Event: name, trace_id: trace, errcode, result } = event;
  if (name !== 'wxa_media_check' || typeof trace !== 'string') return null;
  // It could not fetch the file, or not look at it.
  if (Number(errcode ?? 0) !== 0) return { trace, verdict: unknown('no-answer') };
  return { trace, verdict: verdictIn(result) ?? unknown('no-answer') };
}

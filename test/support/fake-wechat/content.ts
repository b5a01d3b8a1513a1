/**
 * msgSecCheck v2 and mediaCheckAsync v2: judge by words and file names that a test agrees on, know who was here within
 * two hours, count by the minute. What is risky is told in `result.suggest`, never by an errcode (87014 was version 1).
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/sec-check/msgSecCheck.html
 */
import { APPID } from './account.ts';
import { failure, type Answer, type ApiCall } from './answer.ts';
import { DAY_MS, MINUTE_MS, Quota } from './quota.ts';

const SEEN_MS = 2 * 60 * MINUTE_MS;
const LONGEST = 2_500;

export type Suggest = 'pass' | 'review' | 'risky';

interface Result {
  suggest: Suggest;
  label: number;
}

/** Text or an address that holds one of these is judged so. */
const WORDS: readonly (readonly [string, Result])[] = [
  ['赌博', { suggest: 'risky', label: 20012 }],
  ['可疑', { suggest: 'review', label: 20001 }],
];
const PASS: Result = { suggest: 'pass', label: 100 };

export interface TextCheck {
  openid: string;
  content: string;
  scene: number;
}

export interface MediaCheck {
  traceId: string;
  openid: string;
  url: string;
  mediaType: number;
}

export class FakeContent {
  readonly texts: TextCheck[] = [];
  readonly media: MediaCheck[] = [];
  readonly #now: () => number;
  readonly #visits: ReadonlyMap<string, number>;
  readonly #quotas: { minute: Quota; day: Quota; mediaMinute: Quota };

  constructor(now: () => number, visits: ReadonlyMap<string, number>) {
    this.#now = now;
    this.#visits = visits;
    this.#quotas = {
      minute: new Quota({ most: 4_000, windowMs: MINUTE_MS, now }),
      day: new Quota({ most: 2_000_000, windowMs: DAY_MS, now }),
      mediaMinute: new Quota({ most: 2_000, windowMs: MINUTE_MS, now }),
    };
  }

  text({ body }: ApiCall): Answer {
    const { openid, content, scene } = body;
    const fault = this.#personFault(openid) ?? sceneFault(body);
    if (fault) return fault;
    if (typeof content !== 'string' || content === '') return failure(44002, 'empty post data');
    if ([...content].length > LONGEST) return failure(40003, 'content too long');
    if (!this.#quotas.minute.take() || !this.#quotas.day.take())
      return failure(45009, 'reach max api daily quota limit');
    this.texts.push({ openid: String(openid), content, scene: Number(scene) });
    const result = judged(content);
    const detail = [{ strategy: 'content_model', errcode: 0, ...result, prob: 90 }];
    return { errcode: 0, errmsg: 'ok', result, detail, trace_id: `trace-text-${this.texts.length}` };
  }

  mediaAsync({ body }: ApiCall): Answer {
    const { openid, media_url: url, media_type: mediaType } = body;
    const fault = this.#personFault(openid) ?? sceneFault(body);
    if (fault) return fault;
    if (mediaType !== 1 && mediaType !== 2) return failure(40007, 'invalid media_type');
    if (typeof url !== 'string' || !URL.canParse(url)) return failure(40035, 'invalid media_url');
    if (!this.#quotas.mediaMinute.take()) return failure(45009, 'reach max api minute quota limit');
    const traceId = `trace-media-${this.media.length + 1}`;
    this.media.push({ traceId, openid: String(openid), url, mediaType });
    return { errcode: 0, errmsg: 'ok', trace_id: traceId };
  }

  /** The event that is pushed when a media check is done. */
  mediaEvent(traceId: string, result: Result | { errcode: number }): Answer {
    const asked = this.media.find((one) => one.traceId === traceId);
    const failed = 'errcode' in result;
    return {
      ToUserName: 'gh_0123456789ab',
      FromUserName: asked?.openid ?? 'unknown',
      CreateTime: Math.floor(this.#now() / 1_000),
      MsgType: 'event',
      Event: 'wxa_media_check',
      appid: APPID,
      trace_id: traceId,
      version: 2,
      errcode: failed ? result.errcode : 0,
      errmsg: failed ? 'download error' : 'ok',
      detail: failed ? [] : [{ strategy: 'content_model', errcode: 0, ...result, prob: 90 }],
      ...(!failed && { result }),
    };
  }

  #personFault(openid: unknown): Answer | null {
    if (typeof openid !== 'string' || openid === '') return failure(40003, 'invalid openid');
    const visit = this.#visits.get(openid);
    if (visit === undefined) return failure(43104, 'appid not match with openid');
    return this.#now() - visit > SEEN_MS ? failure(61010, 'code is expired') : null;
  }
}

function sceneFault({ version, scene }: Answer): Answer | null {
  if (version !== 2) return failure(40097, 'invalid version');
  return [1, 2, 3, 4].includes(Number(scene)) ? null : failure(40129, 'invalid scene');
}

function judged(text: string): Result {
  return WORDS.find(([word]) => text.includes(word))?.[1] ?? PASS;
}

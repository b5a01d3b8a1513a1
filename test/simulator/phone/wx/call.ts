/**
 * The two ways in which every asynchronous `wx` function answers: `success`, `fail` and `complete` where any is
 * given, else a promise; with `errMsg` as WeChat writes it. Answers come on the app's thread, never before the call
 * has returned.
 */

export interface Callbacks {
  success?: (result: object) => void;
  fail?: (error: object) => void;
  complete?: (result: object) => void;
}

/** What `wx` functions are given is the app's own: anything. */
export type Asked = Callbacks & Record<string, unknown>;
export type WxFunction = (asked?: Asked) => Promise<object> | undefined;
/** The functions of one part of `wx`, by name. */
export type WxPart = Record<string, unknown>;
export type Run = (task: () => void) => void;

/** Refused by the platform or the person: `errMsg` says why, `more` stands beside it. */
export class WxFailure extends Error {
  readonly more: object;

  constructor(why: string, more: object = {}) {
    super(why);
    this.more = more;
  }
}

export type Work = (asked: Asked) => unknown;

export function createCalls(run: Run): (name: string, work: Work) => WxFunction {
  // Work may call the app back at once, as a page that is opened: so it is done on the app's thread, too.
  const begin = (work: Work, asked: Asked): Promise<unknown> =>
    new Promise((resolve, reject) =>
      run(() => {
        try {
          resolve(work(asked));
        } catch (failure) {
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        }
      }),
    );
  return (name, work) =>
    (asked = {}) => {
      const answer = new Promise<object>((resolve, reject) => {
        const ok = (result: unknown): void =>
          run(() => resolve({ errMsg: `${name}:ok`, ...(typeof result === 'object' ? result : {}) }));
        const fail = (failure: unknown): void => run(() => reject(failureOf(name, failure)));
        Promise.resolve()
          .then(() => begin(work, asked))
          .then(ok, fail);
      });
      if (!asked.success && !asked.fail && !asked.complete) return answer;
      answer.then(
        (result) => {
          run(() => asked.success?.(result));
          run(() => asked.complete?.(result));
        },
        (failure: object) => {
          run(() => asked.fail?.(failure));
          run(() => asked.complete?.(failure));
        },
      );
      return undefined;
    };
}

function failureOf(name: string, failure: unknown): Error {
  const why = failure instanceof Error ? failure.message : String(failure);
  const errMsg = why === '' ? `${name}:fail` : `${name}:fail ${why}`;
  return Object.assign(new Error(errMsg), { errMsg }, failure instanceof WxFailure ? failure.more : {});
}

/** Of what the app gave: a text, a number, or what stands for a missing one. */
export function text(asked: Asked, field: string, otherwise = ''): string {
  const value = asked[field];
  return typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : otherwise;
}

export function number(asked: Asked, field: string, otherwise: number): number {
  const value = Number(asked[field]);
  return asked[field] === undefined || Number.isNaN(value) ? otherwise : value;
}

/** Listeners that `wx.onX` adds and `wx.offX` takes away; without an argument, all of them. */
export class Listeners<T> {
  readonly #listeners = new Set<(event: T) => void>();

  readonly on = (listener: (event: T) => void): void => void this.#listeners.add(listener);
  readonly off = (listener?: (event: T) => void): void => {
    if (listener) this.#listeners.delete(listener);
    else this.#listeners.clear();
  };

  emit(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  get size(): number {
    return this.#listeners.size;
  }
}

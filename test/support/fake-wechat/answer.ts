/** How WeChat's API answers: JSON as text/plain with status 200, whatever happened; `errcode` where something is wrong. */

export type Answer = Record<string, unknown>;

export function failure(errcode: number, errmsg: string): Answer {
  return { errcode, errmsg: `${errmsg} rid: 00000000-00000000-00000000` };
}

/** A call as a part of the fake sees it. */
export interface ApiCall {
  query: URLSearchParams;
  body: Answer;
}

/**
 * Subscribe messages: one accept of a person buys one send of that template; every field is held to the limits of its
 * kind. https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
 */
import { failure, type Answer, type ApiCall } from './answer.ts';

export interface Sent {
  openid: string;
  template: string;
  page: string | undefined;
  data: Record<string, string>;
  state: unknown;
}

/** Longest values, in characters, by the letters of the field's name. */
const FORMS: Readonly<Record<string, RegExp>> = {
  thing: /^[^\n]{1,20}$/u,
  name: /^(\p{Script=Han}{1,10}|[^\p{Script=Han}\d]{1,20}|[\p{Script=Han}\p{L}· ]{1,10})$/u,
  phrase: /^\p{Script=Han}{1,5}$/u,
  number: /^\d{1,32}$/,
  character_string: /^[\x21-\x7e]{1,32}$/,
  time: /^\d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}$|^\d{2}:\d{2}$/,
  date: /^\d{4}年\d{1,2}月\d{1,2}日( \d{2}:\d{2})?$/,
};
const LONGEST_PAGE = 1_024;

export class FakeSubscribe {
  readonly sent: Sent[] = [];
  readonly #templates = new Map<string, readonly string[]>();
  readonly #credits = new Map<string, number>();

  /** A template of the account, with the names of its fields. */
  template(id: string, fields: readonly string[]): void {
    this.#templates.set(id, fields);
  }

  /** What the person's tap on "allow" buys. */
  accept(openid: string, template: string): void {
    const key = `${openid} ${template}`;
    this.#credits.set(key, (this.#credits.get(key) ?? 0) + 1);
  }

  answer({ body }: ApiCall): Answer {
    const { touser, template_id: template, page, data, miniprogram_state: state } = body;
    if (typeof touser !== 'string' || touser === '') return failure(40003, 'invalid openid');
    const fields = this.#templates.get(String(template));
    if (fields === undefined) return failure(40037, 'invalid template_id');
    if (
      page !== undefined &&
      !(typeof page === 'string' && page.length <= LONGEST_PAGE && /^pages\/[\w/-]+(\?.*)?$/.test(page))
    )
      return failure(41030, 'invalid page');
    const values = valuesIn(data, fields);
    if (values === null) return failure(47003, 'argument invalid!');
    const key = `${touser} ${String(template)}`;
    const credits = this.#credits.get(key) ?? 0;
    if (credits === 0) return failure(43101, 'user refuse to accept the msg');
    this.#credits.set(key, credits - 1);
    this.sent.push({ openid: touser, template: String(template), page, data: values, state });
    return { errcode: 0, errmsg: 'ok' };
  }
}

/** Null where a field is missing, empty, unknown or longer than its kind allows. */
function valuesIn(data: unknown, fields: readonly string[]): Record<string, string> | null {
  if (typeof data !== 'object' || data === null) return null;
  const values: Record<string, string> = {};
  for (const [name, given] of Object.entries(data as Record<string, { value?: unknown }>)) {
    const form = FORMS[name.replace(/\d+$/, '')];
    const value = given.value;
    if (!fields.includes(name) || typeof value !== 'string' || !form?.test(value)) return null;
    values[name] = value;
  }
  return fields.every((field) => field in values) ? values : null;
}

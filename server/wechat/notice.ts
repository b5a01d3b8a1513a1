/**
 * Subscribe messages: one accept of a person buys one send of that template. Owns how WeChat's answers are read;
 * neither openid nor text is in any trouble.
 */
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Notice, NoticeKind, Notifier } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import type { Authorized } from './authorized.ts';
import { fieldsOf, type Field } from './notice-fields.ts';
import type { OnTrouble } from './trouble.ts';

export interface Template {
  id: string;
  fields: readonly Field[];
}

export interface NotifierDeps {
  api: Authorized;
  templates: Readonly<Partial<Record<NoticeKind, Template>>>;
  /** Which edition of the mini-program a tap opens. */
  state: 'formal' | 'trial' | 'developer';
  openidOf: (user: UserId) => Promise<string | null>;
  onTrouble: OnTrouble;
}

const DEADLINE_MS = 5_000;
/** No credit left, says WeChat, whatever we counted. */
const NO_CREDIT = 43101;

export function createNotifier({ api, templates, state, openidOf, onTrouble }: NotifierDeps): Notifier {
  const ids = Object.fromEntries(Object.entries(templates).map(([kind, { id }]) => [kind, id]));

  async function notify(notice: Notice): ReturnType<Notifier['notify']> {
    const template = templates[notice.kind];
    const openid = template === undefined ? null : await knownOpenid(notice.user);
    if (template === undefined || openid === null) return 'unsent';
    const answer = await api.post({
      path: '/cgi-bin/message/subscribe/send',
      body: {
        touser: openid,
        template_id: template.id,
        page: `pages/chat/chat?room=${notice.room}`,
        miniprogram_state: state,
        lang: 'zh_CN',
        data: fieldsOf(template.fields, notice),
      },
      deadlineMs: DEADLINE_MS,
    });
    switch (answer.name) {
      case 'fields':
        return 'sent';
      case 'errcode':
        if (answer.errcode === NO_CREDIT) return 'refused';
        // A wrong template, page or field is for the operator; -1 and quotas pass.
        onTrouble({ name: 'errcode', call: 'notice', errcode: answer.errcode });
        return 'unsent';
      case 'silence':
        onTrouble({ name: 'no-answer', call: 'notice', why: answer.why });
        return answer.why === 'timeout' || answer.why === 'unreachable' ? 'sent' : 'unsent';
    }
  }

  /** Null for whom WeChat does not know, and where the store cannot say. */
  async function knownOpenid(user: UserId): Promise<string | null> {
    try {
      return await openidOf(user);
    } catch (reason) {
      if (reason instanceof Refusal) return null;
      throw reason;
    }
  }

  return { templates: ids, notify };
}

/** `SUBSCRIBE_TEMPLATES` and its like: which subscribe messages there are, and what fills their fields. */
import type { NoticeKind } from './domain/ports.ts';
import type { Variables } from './variables.ts';
import { KINDS, kindOf, SOURCES, type Field, type Source } from './wechat/notice-fields.ts';
import type { Template } from './wechat/notice.ts';

export interface NoticeConfig {
  templates: Readonly<Partial<Record<NoticeKind, Template>>>;
  /** Minutes in which one person is told of one room once. */
  everyMinutes: number;
  state: 'formal' | 'trial' | 'developer';
}

const NAME = 'SUBSCRIBE_TEMPLATES';
const FORM = 'direct:TEMPLATE_ID:thing1=from;thing2=text;time3=time[,mention:…]';

/** Faults are told to `variables`. */
export function readNotices(variables: Variables): NoticeConfig {
  const text = variables.get(NAME);
  if (text !== undefined && variables.get('WECHAT_APPID') === undefined) {
    variables.fault(NAME, 'needs WECHAT_APPID and WECHAT_SECRET; allowed without them: unset');
  }
  return {
    templates: text === undefined ? {} : templatesIn(text, variables),
    everyMinutes: variables.whole('SUBSCRIBE_EVERY', { least: 1, most: 1_440, unset: 10 }),
    state: variables.choice('SUBSCRIBE_STATE', ['formal', 'trial', 'developer'], 'formal'),
  };
}

function templatesIn(text: string, variables: Variables): NoticeConfig['templates'] {
  const templates: Partial<Record<NoticeKind, Template>> = {};
  for (const part of text.split(',')) {
    const [kind = '', id = '', fields = '', ...more] = part.trim().split(':');
    if (kind !== 'direct' && kind !== 'mention') {
      variables.fault(
        NAME,
        `${JSON.stringify(kind)} is no kind of notice; allowed: direct, mention, as in ${FORM}`,
      );
    } else if (!/^[\w-]{1,64}$/.test(id) || fields === '' || more.length > 0) {
      variables.fault(NAME, `${kind} is not KIND:ID:FIELDS; allowed: ${FORM}`);
    } else if (templates[kind]) {
      variables.fault(NAME, `${kind} is there twice; allowed: each kind once`);
    } else {
      templates[kind] = { id, fields: fields.split(';').flatMap((field) => fieldIn(kind, field, variables)) };
    }
  }
  return templates;
}

function fieldIn(kind: NoticeKind, text: string, variables: Variables): Field[] {
  const [, name = '', given = ''] = /^\s*([a-z_]+\d+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
  const takes = KINDS[kindOf(name)]?.takes;
  if (takes === undefined) {
    const kinds = Object.keys(KINDS).join(', ');
    variables.fault(
      NAME,
      `${kind}: ${JSON.stringify(text)} is no field; allowed: NAME=SOURCE, NAME one of ${kinds} and a number`,
    );
    return [];
  }
  const source = sourceIn(given);
  if (source === null || (typeof source === 'string' && !takes.includes(source))) {
    const allowed = [...takes, '"the same words each time"'].join(', ');
    variables.fault(NAME, `${kind}: ${name} cannot be ${JSON.stringify(given)}; allowed: ${allowed}`);
    return [];
  }
  return [{ name, source }];
}

function sourceIn(text: string): Source | null {
  const [, always] = /^"([^"]+)"$/.exec(text) ?? [];
  if (always !== undefined) return { always };
  return SOURCES.find((source) => source === text) ?? null;
}

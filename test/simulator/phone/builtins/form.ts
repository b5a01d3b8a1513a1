/**
 * `<form>`, `<label>`, and what a form gathers: each part with a `name` inside it says its value when asked. A button
 * with `form-type` asks. Owns no field.
 */
import type { BuiltIn } from './part.ts';

type Entry = () => [name: string, value: unknown];

const entries = new WeakMap<Element, Entry>();
const forms = new WeakMap<Element, { submit(): void; reset(): void }>();

export function joinForm(host: Element, entry: Entry): void {
  entries.set(host, entry);
}

/** What a button inside a form does when it is tapped. */
export function formOf(host: Element): { submit(): void; reset(): void } | undefined {
  const form = host.closest('wx-form');
  return form ? forms.get(form) : undefined;
}

export const form: BuiltIn = {
  properties: { reportSubmit: Boolean },
  create(part) {
    const gather = (): object =>
      Object.fromEntries(
        [...part.host.querySelectorAll('*')].flatMap((element) => {
          const [name, value] = entries.get(element)?.() ?? ['', ''];
          return name === '' ? [] : [[name, value]];
        }),
      );
    forms.set(part.host, {
      submit: () => part.trigger('submit', { value: gather() }),
      reset: () => part.trigger('reset', {}),
    });
    return undefined;
  },
};

/** A tap on it goes to the first field inside, or to the one that `for` names. */
export const label: BuiltIn = {
  properties: { for: String },
  create(part) {
    part.listen('tap', () => {
      const name = part.text('for');
      const target = name === '' ? part.host : part.sibling(name);
      target?.querySelector<HTMLElement>('input, textarea')?.focus();
    });
    return undefined;
  },
};

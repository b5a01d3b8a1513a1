/**
 * `<checkbox>`, `<radio>` and their groups. A group tells what is chosen in it, by value; a radio lets go of the one
 * that was chosen before in its group.
 */
import { joinForm } from './form.ts';
import { setFlag, type BuiltIn, type Part } from './part.ts';

/** Of a group's element. */
const groups = new WeakMap<Element, { changed(by: Element): void }>();
const choices = new WeakMap<Element, Part>();

const isOn = (part: Part): boolean => part.data['checked'] === true;

function choosable(role: 'checkbox' | 'radio'): BuiltIn {
  return {
    properties: { value: String, checked: Boolean, disabled: Boolean, color: String },
    create(part) {
      const { host } = part;
      choices.set(host, part);
      host.setAttribute('role', role);
      host.setAttribute('aria-checked', 'false');
      part.listen('tap', () => {
        if (part.data['disabled'] === true || (role === 'radio' && isOn(part))) return;
        part.set('checked', !isOn(part));
        const group = host.closest(`wx-${role}-group`);
        if (group) groups.get(group)?.changed(host);
      });
      return {
        checked: (on: boolean) => host.setAttribute('aria-checked', String(on)),
        disabled: (on: boolean) => setFlag(host, 'disabled', on),
        color: (colour: string) => host.style.setProperty('--choice', colour),
      };
    },
  };
}

function group(role: 'checkbox' | 'radio'): BuiltIn {
  return {
    properties: { name: String },
    create(part) {
      const inside = (): Part[] =>
        [...part.host.querySelectorAll(`wx-${role}`)].flatMap((host) => choices.get(host) ?? []);
      const chosen = (): string[] =>
        inside()
          .filter(isOn)
          .map((choice) => choice.text('value'));
      const value = (): string | string[] => (role === 'radio' ? (chosen()[0] ?? '') : chosen());
      joinForm(part.host, () => [part.text('name'), value()]);
      groups.set(part.host, {
        changed(by) {
          for (const other of inside())
            if (role === 'radio' && other.host !== by) other.set('checked', false);
          part.trigger('change', { value: value() });
        },
      });
      return undefined;
    },
  };
}

export const checkbox = choosable('checkbox');
export const radio = choosable('radio');
export const checkboxGroup = group('checkbox');
export const radioGroup = group('radio');

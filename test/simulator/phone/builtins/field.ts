/**
 * `<input>` and `<textarea>`. The browser's own field does the typing; this adds what WeChat adds: the keyboard that
 * comes and goes with a height, confirm, placeholder classes, auto-height, `type="nickname"` that asks for consent.
 * Never changes what the app set unless somebody types.
 */
import type { Field } from '../keyboard.ts';
import { joinForm } from './form.ts';
import { setFlag, type BuiltIn, type Fittings, type Part, type Reactions } from './part.ts';

const PROPERTIES: BuiltIn['properties'] = {
  value: String,
  name: String,
  placeholder: String,
  placeholderClass: String,
  placeholderStyle: String,
  type: { type: String, value: 'text' },
  password: Boolean,
  disabled: Boolean,
  focus: Boolean,
  autoFocus: Boolean,
  maxlength: { type: Number, value: 140 },
  confirmType: String,
  confirmHold: Boolean,
  holdKeyboard: Boolean,
  cursor: Number,
  cursorSpacing: Number,
  adjustPosition: { type: Boolean, value: true },
  autoHeight: Boolean,
  showConfirmBar: Boolean,
  disableDefaultPadding: Boolean,
  fixed: Boolean,
};

/** The field that has the focus keeps it when something else is touched. */
const holding = new WeakSet<Element>();

export function holdsKeyboard(field: Element | null): boolean {
  return field !== null && holding.has(field);
}

export const input: BuiltIn = {
  properties: PROPERTIES,
  create: (part, fittings) => createField('input', part, fittings),
};

export const textarea: BuiltIn = {
  properties: PROPERTIES,
  create: (part, fittings) => createField('textarea', part, fittings),
};

function createField(tag: 'input' | 'textarea', part: Part, fittings: Fittings): Reactions {
  const { host } = part;
  const data = (): Record<string, unknown> => part.data;
  const native = document.createElement(tag);
  const placeholder = document.createElement('div');
  host.append(native, placeholder);

  const confirmKey = (): string => part.text('confirmType') || (tag === 'textarea' ? 'return' : 'done');
  const confirm = (): void => {
    if (tag === 'textarea' && confirmKey() === 'return') {
      native.setRangeText('\n', native.selectionStart ?? 0, native.selectionEnd ?? 0, 'end');
      native.dispatchEvent(new InputEvent('input'));
      return;
    }
    part.trigger('confirm', { value: native.value });
    if (data()['confirmHold'] !== true) native.blur();
  };
  const fit = (): void => {
    placeholder.hidden = native.value !== '';
    if (tag !== 'textarea' || data()['autoHeight'] !== true) return;
    native.style.height = '0';
    native.style.height = `${native.scrollHeight}px`;
  };
  const onKeyboard: Field = {
    element: host,
    adjustsPosition: () => data()['adjustPosition'] === true,
    confirmKey,
    confirm,
    putAway: () => native.blur(),
    heightChanged: (height) => part.trigger('keyboardheightchange', { height, duration: 0.25 }),
  };

  native.addEventListener('input', (event) => {
    event.stopPropagation();
    part.set('value', native.value);
    fit();
    part.trigger('input', { value: native.value, cursor: native.selectionStart ?? native.value.length });
  });
  native.addEventListener('change', (event) => event.stopPropagation());
  native.addEventListener('focus', () => void open());
  native.addEventListener('blur', () => {
    // Another window took the focus, as when one types on the phone beside it: this phone's keyboard stays.
    if (document.activeElement === native) return;
    fittings.keyboard.close(onKeyboard);
    part.trigger('blur', { value: native.value, cursor: native.selectionStart ?? 0 });
  });
  native.addEventListener('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Enter' || event.isComposing || event.shiftKey)
      return;
    event.preventDefault();
    confirm();
  });
  joinForm(host, () => [part.text('name'), native.value]);
  // A field is measured only where it is laid out.
  new ResizeObserver(fit).observe(host);

  async function open(): Promise<void> {
    if (data()['type'] === 'nickname' && !(await fittings.privacyFor('nickname'))) {
      native.blur();
      return;
    }
    fittings.keyboard.open(onKeyboard);
    part.trigger('focus', { value: native.value, height: fittings.keyboard.height });
  }

  return {
    value(value: string | null) {
      if (native.value !== (value ?? '')) native.value = value ?? '';
      fit();
    },
    placeholder: (words: string) => {
      placeholder.textContent = words;
      native.setAttribute('aria-placeholder', words);
    },
    placeholderClass: (name: string) => {
      placeholder.className = name.split(/\s+/).filter(Boolean).map(part.className).join(' ');
    },
    placeholderStyle: (style: string) => placeholder.setAttribute('style', style),
    ariaLabel: (label: string) => native.setAttribute('aria-label', label),
    disabled: (on: boolean) => (native.disabled = on),
    maxlength: (most: number) => {
      if (most >= 0) native.maxLength = most;
      else native.removeAttribute('maxlength');
    },
    type: (type: string) => {
      native.inputMode = { number: 'numeric', digit: 'decimal', idcard: 'text' }[type] ?? '';
    },
    password: (on: boolean) => tag === 'input' && native.setAttribute('type', on ? 'password' : 'text'),
    autoHeight(on: boolean) {
      setFlag(host, 'auto-height', on);
      fit();
    },
    holdKeyboard: (on: boolean) => void (on ? holding.add(native) : holding.delete(native)),
    focus: (on: boolean) => queueMicrotask(() => (on ? native.focus() : native.blur())),
    autoFocus: (on: boolean) => on && queueMicrotask(() => native.focus()),
  };
}

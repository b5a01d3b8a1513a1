/**
 * What a built-in component is to this phone: properties, and a function that makes it work on its element. Owns the
 * step from such a description to a glass-easel component, and what all built-ins have in common: `hidden`, aria,
 * `hover-class`. A built-in's events reach the app on the app's thread.
 */
import * as ge from 'glass-easel';
import type { Hover } from '../gestures.ts';
import type { Keyboard } from '../keyboard.ts';
import type { TempFiles } from '../temp-files.ts';

/** What built-ins need of the phone around them. */
export interface Fittings {
  run(task: () => void): void;
  after(ms: number, run: () => void): () => void;
  keyboard: Keyboard;
  files: TempFiles;
  /** As `wx` would; refusals show in the console. */
  navigate(how: string, url: string, delta: number): void;
  chooseFromList(items: string[]): Promise<number>;
  /** May personal data be asked for? See wx/privacy.ts. */
  privacyFor(what: string): Promise<boolean>;
  agreeToPrivacy(): void;
  /** See complaints.ts. */
  miss(what: string): void;
}

export interface Part {
  readonly host: HTMLElement;
  /** Its properties as they are. */
  readonly data: Record<string, unknown>;
  /** One of them as a text; '' for anything else. */
  text(name: string): string;
  /** Sets a property from inside, as when somebody types. */
  set(name: string, value: unknown): void;
  trigger(name: string, detail: object, options?: { bubbles: boolean }): void;
  /** In the browser's words: a class of the page or component that uses this part. */
  className(name: string): string;
  /** The element with this id in the page or component that uses this part. */
  sibling(id: string): HTMLElement | undefined;
  listen(name: string, listener: () => void): void;
}

type Kind = StringConstructor | NumberConstructor | BooleanConstructor | null;
type Property = Kind | { type: Kind; value: unknown };
/** Called when the property of that name changes. */
export type Reactions = Record<string, (value: never) => void>;

export interface BuiltIn {
  properties?: Record<string, Property>;
  create?(part: Part, fittings: Fittings): Reactions | undefined;
}

const ARIA = (
  'label hidden live disabled checked selected expanded modal haspopup pressed busy required readonly ' +
  'valuenow valuemin valuemax valuetext describedby labelledby orientation'
).split(' ');
const ariaName = (name: string): string => `aria${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Of every built-in. */
export const COMMON: Record<string, Property> = {
  hidden: Boolean,
  ariaRole: String,
  ...Object.fromEntries(ARIA.map((name) => [ariaName(name), null])),
};

/** Of built-ins that show that they are pressed. */
export const HOVER: Record<string, Property> = {
  hoverClass: String,
  hoverStartTime: { type: Number, value: 50 },
  hoverStayTime: { type: Number, value: 400 },
  hoverStopPropagation: Boolean,
};

const hovers = new WeakMap<Element, () => Hover>();

export function hoverOf(element: Element): Hover | undefined {
  return hovers.get(element)?.();
}

/** @param prefixes what stands before the classes of each component */
export function registerBuiltIns(
  space: ge.ComponentSpace,
  builtIns: Record<string, BuiltIn>,
  { fittings, prefixes }: { fittings: Fittings; prefixes: Record<string, string> },
): void {
  const own = new ge.ComponentSpace();
  for (const [tag, builtIn] of Object.entries(builtIns)) {
    const properties = { ...COMMON, ...builtIn.properties };
    const reactions = new WeakMap<object, Reactions>();
    const observers = Object.fromEntries(
      Object.keys(properties).map((name) => [
        name,
        function (this: ge.GeneralComponent, value: never) {
          reactions.get(this)?.[name]?.(value);
        },
      ]),
    );
    const definition = own.defineComponent({
      is: `wx-${tag}`,
      properties: properties as Record<string, StringConstructor>,
      observers,
      lifetimes: {
        created() {
          const component = this as unknown as ge.GeneralComponent;
          const part = createPart(component, { run: fittings.run, prefixes });
          const specific = builtIn.create?.(part, fittings);
          reactions.set(component, { ...commonReactions(part.host), ...specific });
          hovers.set(part.host, () => ({
            className: hoverClass(part),
            startMs: Number(part.data['hoverStartTime'] ?? 0),
            stayMs: Number(part.data['hoverStayTime'] ?? 0),
          }));
        },
      },
    });
    space.setGlobalUsingComponent(tag, definition);
  }
}

export function setFlag(host: Element, name: string, on: boolean): void {
  if (on) host.setAttribute(name, '');
  else host.removeAttribute(name);
}

function hoverClass(part: Part): string {
  const name = part.text('hoverClass');
  return name === '' || name === 'none' || part.data['disabled'] === true ? '' : part.className(name);
}

function commonReactions(host: HTMLElement): Reactions {
  const aria = ARIA.map((name) => [
    ariaName(name),
    (value: string | boolean | null | undefined) => {
      if (value === undefined || value === null || value === '') host.removeAttribute(`aria-${name}`);
      else host.setAttribute(`aria-${name}`, `${value}`);
    },
  ]);
  return {
    hidden: (on: boolean) => setFlag(host, 'hidden', on),
    ariaRole: (role: string) => {
      // 'text' is WeChat's; browsers know no such role.
      if (role !== '' && role !== 'text') host.setAttribute('role', role);
      else host.removeAttribute('role');
    },
    ...(Object.fromEntries(aria) as Reactions),
  };
}

interface PartDeps {
  run(task: () => void): void;
  prefixes: Record<string, string>;
}

function createPart(component: ge.GeneralComponent, { run, prefixes }: PartDeps): Part {
  return {
    host: component.$$ as unknown as HTMLElement,
    get data() {
      return component.data as Record<string, unknown>;
    },
    text(name) {
      const value: unknown = (component.data as Record<string, unknown>)[name];
      return typeof value === 'string' ? value : '';
    },
    set: (name, value) => component.setData({ [name]: value }),
    trigger: (name, detail, options) =>
      run(() => component.triggerEvent(name, detail, { bubbles: options?.bubbles ?? false })),
    className(name) {
      const prefix = prefixes[component.ownerShadowRoot?.getHostNode().is ?? ''];
      return prefix === undefined ? name : `${prefix}--${name}`;
    },
    sibling: (id) => component.ownerShadowRoot?.getElementById(id)?.$$ as unknown as HTMLElement | undefined,
    listen: (name, listener) => component.addListener(name, listener),
  };
}

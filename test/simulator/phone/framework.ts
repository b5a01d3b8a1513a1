/**
 * The mini-program framework: glass-easel, WeChat's own, with the bundle's templates and styles, our built-ins and a
 * loader for its modules. Promises that app code finds the globals that WeChat gives it and none of a browser's, and
 * that every setData is told before it is done. Makes pages; knows nothing of a stack of them.
 */
import * as ge from 'glass-easel';
import {
  MiniProgramEnv,
  component,
  type AssociatedBackend,
  type CodeSpace,
} from 'glass-easel-miniprogram-adapter';
import type { Bundle } from '../compile/bundle.ts';
import { convertUnits } from '../compile/wxss.ts';
import { registerBuiltIns, type BuiltIn, type Fittings } from './builtins/part.ts';

export interface PageInstance {
  route: string;
  options: Record<string, string>;
  data: Record<string, unknown>;
  setData(changes: Record<string, unknown>): void;
  [name: string]: unknown;
}

export interface MountedPage {
  instance: PageInstance;
  /** Puts it in its place, with all its components; before onLoad. */
  attach(): void;
  call(method: string, ...args: unknown[]): unknown;
  /** Of the components inside: `show`, `hide`. */
  pageLifetime(name: 'show' | 'hide'): void;
  release(): void;
}

export interface FrameworkDeps {
  bundle: Bundle;
  builtIns: Record<string, BuiltIn>;
  fittings: Fittings;
  /** Globals of the app besides Component, Page, Behavior, require, module, exports. */
  globals: Record<string, unknown>;
  onSetData(changes: object, owner: string): void;
  /** From the top of the screen to that of a page, px. */
  top(): number;
}

/** What a browser has and WeChat's JavaScript has not: using one of them fails here as it would on a phone. */
const ABSENT = (
  'window document self parent top frames localStorage sessionStorage indexedDB fetch XMLHttpRequest WebSocket ' +
  'navigator location history crypto performance TextEncoder TextDecoder URL URLSearchParams Blob File FormData ' +
  'AbortController structuredClone queueMicrotask atob btoa requestAnimationFrame alert confirm MessageChannel Worker'
).split(' ');

type Constructor = (definition: Record<string, unknown>) => unknown;

export class Framework {
  readonly #deps: FrameworkDeps;
  readonly #space: CodeSpace;
  readonly #associated: AssociatedBackend;
  readonly #backend: Backend;
  readonly #modules = new Map<string, { exports: unknown }>();
  /** Component() registers the file being loaded, whichever module the call stands in. */
  #loading = '';

  constructor(deps: FrameworkDeps) {
    this.#deps = deps;
    const { bundle } = deps;
    this.#backend = new Backend(new Set(Object.keys(deps.builtIns)), deps.top);
    const env = new MiniProgramEnv();
    this.#space = env.createCodeSpace('', true);
    this.#associated = env.associateBackend(this.#backend);
    registerBuiltIns(this.#space.getComponentSpace(), deps.builtIns, {
      fittings: deps.fittings,
      prefixes: bundle.prefixes,
    });
    for (const [path, config] of Object.entries(bundle.configs)) {
      this.#space.addComponentStaticConfig(path, config as never);
      this.#space.addCompiledTemplate(path, {
        groupList: bundle.templates as never,
        content: bundle.templates[path] as never,
      });
      this.#space.addStyleSheet(path, undefined, bundle.prefixes[path]);
    }
    this.#space.setOverallBehavior(this.#readiness());
    tellSetData(deps.onSetData);
  }

  /** Runs app.ts, then registers every page and component. */
  start(): void {
    if (this.#deps.bundle.modules['app'] !== undefined) this.#require('app');
    // What `usingComponents` names is looked up at registration: held back until all are there.
    this.#space.getComponentSpace().groupRegister(() => {
      for (const path of Object.keys(this.#deps.bundle.configs)) {
        this.#loading = path;
        if (this.#deps.bundle.modules[path] !== undefined) this.#require(path);
      }
    });
  }

  mount(path: string, options: Record<string, string>, parent: HTMLElement): MountedPage {
    const mark = document.createElement('div');
    parent.append(mark);
    const root = this.#associated.createRoot('page-root', this.#space, `/${path}`);
    const instance = root.get() as unknown as PageInstance;
    instance.route = path;
    instance.options = options;
    return {
      instance,
      attach: () => root.attach(parent as never, mark as never),
      call(method, ...args) {
        const own = instance[method];
        return typeof own === 'function' ? (own.apply(instance, args) as unknown) : undefined;
      },
      pageLifetime: (name) => root.getComponent().triggerPageLifetime(name, []),
      release() {
        root.release();
        parent.remove();
      },
    };
  }

  /** A gesture, from the element under the finger upwards. */
  send(target: Element, name: string, detail: object, touches: object): void {
    const element = this.#backend.elementAt(target);
    if (!element) return;
    const options = { bubbles: true, composed: true, capturePhase: true, extraFields: { ...touches } };
    ge.Event.dispatchEvent(element, new ge.Event(name, detail, options));
  }

  listensTo(target: Element, name: string): boolean {
    return this.#backend.listensTo(target, name);
  }

  /** glass-easel leaves it to its host to say `ready`: after what put the component there has run to its end. */
  #readiness(): ge.GeneralBehavior {
    const { run } = this.#deps.fittings;
    return this.#space.getComponentSpace().defineBehavior({
      lifetimes: {
        attached() {
          const { _$: own } = this as unknown as { _$: ge.GeneralComponent };
          run(() => own.triggerLifetime('ready', []));
        },
      },
    });
  }

  #require(path: string): unknown {
    const known = this.#modules.get(path);
    if (known) return known.exports;
    const code = this.#deps.bundle.modules[path];
    if (code === undefined) throw new Error(`module "${path}" is not defined`);
    const module = { exports: {} as unknown };
    this.#modules.set(path, module);
    const scope: Record<string, unknown> = {
      ...Object.fromEntries(ABSENT.map((name) => [name, undefined])),
      ...this.#deps.globals,
      require: (target: string) => this.#require(this.#resolve(path, target)),
      module,
      exports: module.exports,
      Component: this.#define('Component'),
      Page: this.#define('Page'),
      Behavior: this.#define('Behavior'),
    };
    // On one line with the code, so that the browser's debugger shows the right lines of the TypeScript.
    const wrapped = `(function(${Object.keys(scope).join(',')}){${code}\n})\n//# sourceURL=miniprogram/${path}.js`;
    const run = (0, eval)(wrapped) as (...args: unknown[]) => void;
    run(...Object.values(scope));
    return module.exports;
  }

  #resolve(from: string, target: string): string {
    const path = target.startsWith('.') ? new URL(target, `file:///${from}`).pathname.slice(1) : target;
    const found = [path, `${path}/index`].find((candidate) => candidate in this.#deps.bundle.modules);
    if (found === undefined) throw new Error(`module "${target}" is not defined, required by "${from}"`);
    return found;
  }

  #define(kind: 'Component' | 'Page' | 'Behavior'): Constructor {
    return (definition) =>
      this.#space.componentEnv(this.#loading, (env) => {
        const constructors = env as unknown as Record<typeof kind, Constructor>;
        return constructors[kind](definition);
      });
  }
}

/** Elements of the browser: built-in tags get their prefix, units in styles are converted, listeners are noted. */
class Backend extends ge.CurrentWindowBackendContext {
  readonly #listening = new WeakMap<object, Set<string>>();

  constructor(builtIns: ReadonlySet<string>, top: () => number) {
    super();
    this.document = {
      createTextNode: (text: string) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
      createElement: (tag: string) => createElement(builtIns.has(tag) ? `wx-${tag}` : tag, top),
    } as unknown as ge.CurrentWindowBackendContext['document'];
  }

  override associateValue(element: ge.domlikeBackend.Element, node: ge.Element): void {
    super.associateValue(element, node);
    if (ge.Component.isComponent(node)) element.setAttribute('data-is', node.is);
  }

  /** Gestures are recognised elsewhere, and built-ins send their own events: nothing to listen to here. */
  override setListenerStats(element: ge.domlikeBackend.Element, type: string): void {
    const types = this.#listening.get(element) ?? new Set();
    this.#listening.set(element, types.add(type));
  }

  listensTo(target: Element, type: string): boolean {
    for (let element: Element | null = target; element; element = element.parentElement) {
      if (this.#listening.get(element)?.has(type)) return true;
    }
    return false;
  }

  elementAt(target: Element): ge.Element | undefined {
    let element: (Element & { __wxElement?: ge.Element }) | null = target;
    while (element && !element.__wxElement) element = element.parentElement;
    return element?.__wxElement;
  }
}

function createElement(tag: string, top: () => number): HTMLElement {
  const element = document.createElement(tag);
  const setAttribute = element.setAttribute.bind(element);
  element.setAttribute = (name, value) => setAttribute(name, name === 'style' ? convertUnits(value) : value);
  // To the app a page begins below the bars.
  const measure = element.getBoundingClientRect.bind(element);
  element.getBoundingClientRect = () => {
    const { x, y, width, height } = measure();
    return new DOMRect(x, y - top(), width, height);
  };
  return element;
}

function tellSetData(onSetData: (changes: object, owner: string) => void): void {
  const caller = component.ComponentCaller.prototype as {
    is: string;
    setData(changes: Record<string, unknown>, done?: () => void): void;
  };
  const { setData } = caller;
  caller.setData = function (changes, done) {
    onSetData(changes, this.is);
    setData.call(this, changes, done);
  };
}

/**
 * Pages and components of the mini-program, rendered by WeChat's own miniprogram-simulate into jsdom. It knows
 * components only: `Page`, `App` and `getApp` are added here, on top of `Component`. Stages the sources once a
 * process. There is no layout: nothing scrolls and nothing has a size.
 */
import './dom.ts';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stageMiniProgram } from './staging.ts';

/** One element, or the root of what was mounted. Classes are found within one component only. */
export interface Rendered {
  readonly dom: { textContent: string; innerHTML: string };
  readonly data: Record<string, unknown>;
  readonly instance: Record<string, unknown>;
  /** Takes effect after the microtasks that wait. */
  dispatchEvent(name: string, options?: { detail?: unknown }): void;
  addEventListener(name: string, listener: (event: { detail: unknown }) => void): void;
  querySelector(selector: string): Rendered | undefined;
  querySelectorAll(selector: string): Rendered[];
  setData(data: Record<string, unknown>): void;
}

interface Root extends Rendered {
  attach(parent: unknown): void;
  detach(): void;
  triggerLifeTime(name: string): void;
}

interface Simulate {
  load(path: string, options: { rootPath: string; compiler: 'simulate' }): string;
  render(id: string, properties?: Record<string, unknown>): Root;
}

type Definition = Record<string, unknown>;
interface Globals {
  document: { body: object; createElement(tag: string): object };
  Component(definition: Definition): void;
  Page(definition: Definition): void;
  App(definition: Definition): void;
  getApp(): unknown;
}

const globals = globalThis as unknown as Globals;
const simulate = createRequire(import.meta.url)('miniprogram-simulate') as Simulate;
const folder = stageMiniProgram();
const loaded = new Map<string, string>();
const mounted: Root[] = [];
let app: unknown;
let query: Record<string, string> = {};

globals.App = (definition) => {
  app = definition;
};
globals.getApp = () => app;
globals.Page = (definition) => {
  const isMethod = ([, value]: [string, unknown]) => typeof value === 'function';
  const own = Object.entries(definition).filter(([name]) => name !== 'data');
  const fields = Object.fromEntries(own.filter((entry) => !isMethod(entry)));
  type Page = Record<'onLoad' | 'onShow' | 'onReady' | 'onUnload', ((query?: object) => void) | undefined>;
  globals.Component({
    data: definition['data'] ?? {},
    methods: Object.fromEntries(own.filter(isMethod)),
    lifetimes: {
      created(this: { data: Definition; setData(changes: Definition): void }) {
        const setData = this.setData.bind(this);
        Object.assign(this, structuredClone(fields), {
          setData: (changes: Definition) => setData(widen(this.data, changes)),
        });
      },
      attached(this: Page) {
        this.onLoad?.(query);
        this.onShow?.();
      },
      ready(this: Page) {
        this.onReady?.();
      },
      detached(this: Page) {
        this.onUnload?.();
      },
    },
  });
};

/**
 * `{'rows[1].state': x}` as `{rows: …}`, a copy. WeChat's view has data of its own and hands a child what a path
 * changed; the simulator changes the one array in place, and then takes it for unchanged.
 */
function widen(data: Definition, changes: Definition): Definition {
  const wide: Definition = {};
  for (const [path, value] of Object.entries(changes)) {
    const [root = '', ...steps] = path.split(/[.[\]]+/).filter((step) => step !== '');
    if (steps.length > 0) wide[root] ??= structuredClone(data[root]);
    const last = [root, ...steps].pop() ?? '';
    const holder = [root, ...steps].slice(0, -1).reduce((at, step) => at[step] as Definition, wide);
    holder[last] = value;
  }
  return wide;
}

/** @param path of the component below miniprogram/, as in `usingComponents` */
export function mountComponent(path: string, properties: Record<string, unknown> = {}): Rendered {
  return mount(path, properties);
}

/** @param given.app what `getApp()` gives from now on */
export function mountPage(path: string, given: { app: object; query?: Record<string, string> }): Rendered {
  app = given.app;
  query = given.query ?? {};
  return mount(path, {});
}

/** Takes everything down that was mounted; for an `afterEach`. */
export function unmountAll(): void {
  for (const root of mounted.splice(0)) root.detach();
}

/** All that was set going without a timer has happened. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function mount(path: string, properties: Record<string, unknown>): Root {
  // The compiler written in JavaScript runs wherever Node does; the official one checks the syntax elsewhere.
  const id =
    loaded.get(path) ?? simulate.load(join(folder, path), { rootPath: folder, compiler: 'simulate' });
  loaded.set(path, id);
  const root = simulate.render(id, properties);
  const parent = globals.document.createElement('div');
  root.attach(parent);
  mounted.push(root);
  return root;
}

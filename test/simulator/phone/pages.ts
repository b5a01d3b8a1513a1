/**
 * The stack of pages and the tabs below it, with WeChat's rules: ten pages, a tab page only by switchTab or reLaunch
 * and kept alive while it is away, onHide before onLoad, onReady last. Calls pages' methods on the app's thread only:
 * whoever calls in here is on it. Refuses with WeChat's own words.
 */
import type { Manifest, WindowConfig } from '../compile/manifest.ts';
import type { MountedPage, PageInstance } from './framework.ts';
import { PullDown } from './pull-down.ts';
import { make, type Screen } from './screen.ts';
import { WxFailure } from './wx/call.ts';

export const MOST_PAGES = 10;
const REACH_BOTTOM_PX = 50;

export interface PagesDeps {
  manifest: Manifest;
  configs: Record<string, WindowConfig>;
  screen: Screen;
  mount(path: string, options: Record<string, string>, parent: HTMLElement): MountedPage;
  run(task: () => void): void;
  /** The stack has changed, or a title. */
  changed(): void;
}

interface Entry {
  path: string;
  title: string;
  page: MountedPage;
  window: HTMLElement;
  scroller: HTMLElement;
  pull: PullDown;
}

export class Pages {
  readonly #deps: PagesDeps;
  readonly #tabs = new Map<string, Entry>();
  #stack: Entry[] = [];

  constructor(deps: PagesDeps) {
    this.#deps = deps;
  }

  get current(): PageInstance | undefined {
    return this.#stack.at(-1)?.page.instance;
  }

  get instances(): PageInstance[] {
    return this.#stack.map(({ page }) => page.instance);
  }

  get path(): string {
    return this.#stack.at(-1)?.path ?? '';
  }

  push(url: string): void {
    const { path, options } = this.#parse(url);
    if (this.#tabOf(path) >= 0) throw new WxFailure('can not navigateTo a tabbar page');
    if (this.#stack.length >= MOST_PAGES) throw new WxFailure(`webview count limit exceed`);
    this.#hideTop();
    this.#enter(this.#open(path, options));
  }

  replace(url: string): void {
    const { path, options } = this.#parse(url);
    if (this.#tabOf(path) >= 0) throw new WxFailure('can not redirectTo a tabbar page');
    const old = this.#stack.pop();
    if (old) this.#unload(old);
    this.#enter(this.#open(path, options));
  }

  back(delta: number): void {
    if (this.#stack.length < 2) throw new WxFailure('cannot navigate back at first page');
    for (let left = delta; left > 0 && this.#stack.length > 1; left -= 1) {
      const old = this.#stack.pop();
      if (old) this.#unload(old);
    }
    this.#showTop();
  }

  switchTab(url: string): void {
    const { path, options } = this.#parse(url);
    const index = this.#tabOf(path);
    if (index < 0) throw new WxFailure('can not switch to no-tabBar page');
    const top = this.#stack.at(-1);
    if (top?.path === path) return this.#tapped(top, index);
    if (top && this.#tabs.get(top.path) === top) this.#hideTop();
    const kept = [...this.#tabs.values()];
    for (const old of this.#stack.toReversed()) if (!kept.includes(old)) this.#unload(old);
    this.#stack = [];
    const known = this.#tabs.get(path);
    if (known) {
      this.#stack = [known];
      return this.#showTop();
    }
    const entry = this.#open(path, options);
    this.#tabs.set(path, entry);
    return this.#enter(entry);
  }

  relaunch(url: string): void {
    const { path, options } = this.#parse(url);
    const old = new Set([...this.#stack.toReversed(), ...this.#tabs.values()]);
    this.#stack = [];
    this.#tabs.clear();
    for (const entry of old) this.#unload(entry);
    const entry = this.#open(path, options);
    if (this.#tabOf(path) >= 0) this.#tabs.set(path, entry);
    this.#enter(entry);
  }

  setTitle(title: string): void {
    const top = this.#stack.at(-1);
    if (!top) return;
    top.title = title;
    this.#surround(top);
  }

  /** The app comes to the front, or leaves it. */
  show(): void {
    this.#life('onShow', 'show');
  }

  hide(): void {
    this.#life('onHide', 'hide');
  }

  scrollTo(top: number, isSmooth: boolean): void {
    this.#stack.at(-1)?.scroller.scrollTo({ top, behavior: isSmooth ? 'smooth' : 'instant' });
  }

  startPullDown(): void {
    this.#stack.at(-1)?.pull.start();
  }

  stopPullDown(): void {
    this.#stack.at(-1)?.pull.stop();
  }

  #parse(url: string): { path: string; options: Record<string, string> } {
    const parsed = new URL(url, `file:///${this.path}`);
    const path = parsed.pathname.slice(1);
    if (!this.#deps.manifest.pages.includes(path)) throw new WxFailure(`page "${path}" is not found`);
    // As WeChat gives them: not decoded.
    const pairs = parsed.search.slice(1).split('&').filter(Boolean);
    const options: Record<string, string> = {};
    for (const pair of pairs) {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      options[name] = value;
    }
    return { path, options };
  }

  #tabOf(path: string): number {
    return this.#deps.manifest.tabBar?.list.findIndex(({ pagePath }) => pagePath === path) ?? -1;
  }

  #open(path: string, options: Record<string, string>): Entry {
    const { manifest, screen, run } = this.#deps;
    const config = { ...manifest.window, ...this.#deps.configs[path] };
    const window = make('section', 'window');
    const scroller = make('div', config.disableScroll ? 'scroller still' : 'scroller');
    const element = document.createElement('page');
    element.dataset['page'] = path;
    scroller.append(element);
    window.append(scroller);
    screen.pages.append(window);
    const page = this.#deps.mount(path, options, element);
    const title = config.navigationBarTitleText ?? '';
    const refresh = (): void => run(() => page.call('onPullDownRefresh'));
    const pull = new PullDown(scroller, config.enablePullDownRefresh === true ? refresh : undefined);
    this.#watchScroll(scroller, page, config.onReachBottomDistance ?? REACH_BOTTOM_PX);
    return { path, title, page, window, scroller, pull };
  }

  #watchScroll(scroller: HTMLElement, page: MountedPage, distance: number): void {
    let wasNear = false;
    scroller.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      const isNear = scrollHeight - clientHeight - scrollTop <= distance;
      this.#deps.run(() => page.call('onPageScroll', { scrollTop }));
      if (isNear && !wasNear) this.#deps.run(() => page.call('onReachBottom'));
      wasNear = isNear;
    });
  }

  #enter(entry: Entry): void {
    this.#stack.push(entry);
    this.#surround(entry);
    entry.page.attach();
    entry.page.call('onLoad', entry.page.instance.options);
    this.#life('onShow', 'show');
    this.#deps.run(() => entry.page.call('onReady'));
  }

  #hideTop(): void {
    this.#life('onHide', 'hide');
  }

  #showTop(): void {
    const top = this.#stack.at(-1);
    if (!top) return;
    this.#surround(top);
    this.#life('onShow', 'show');
  }

  #tapped(entry: Entry, index: number): void {
    const tab = this.#deps.manifest.tabBar?.list[index];
    entry.page.call('onTabItemTap', { index, pagePath: entry.path, text: tab?.text ?? '' });
  }

  #life(method: 'onShow' | 'onHide', inside: 'show' | 'hide'): void {
    const top = this.#stack.at(-1);
    top?.page.call(method);
    top?.page.pageLifetime(inside);
  }

  #unload(entry: Entry): void {
    entry.page.call('onUnload');
    entry.page.release();
    entry.window.remove();
  }

  #surround(top: Entry): void {
    for (const entry of [...this.#tabs.values(), ...this.#stack]) entry.window.hidden = entry !== top;
    this.#deps.screen.show({
      title: top.title,
      config: this.#deps.configs[top.path] ?? {},
      canGoBack: this.#stack.length > 1,
      tab: this.#tabs.get(top.path) === top || this.#stack.length === 1 ? this.#tabOf(top.path) : -1,
    });
    this.#deps.changed();
  }
}

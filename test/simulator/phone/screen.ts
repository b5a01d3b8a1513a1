/**
 * The phone's screen: status bar, navigation bar, the place of the pages, tab bar, keyboard, and what lies over all.
 * Owns these elements, their sizes and the CSS variables that styles use for safe areas and the height of a window.
 */
import {
  themed,
  type Manifest,
  type TabBarConfig,
  type Theme,
  type WindowConfig,
} from '../compile/manifest.ts';
import { PACKAGE_PATH } from '../serve/paths.ts';
import type { SystemWords } from './system-words.ts';

/** Px, as on a phone with a notch. */
export const STATUS_BAR_HEIGHT = 44;
export const NAVIGATION_BAR_HEIGHT = 44;
export const TAB_BAR_HEIGHT = 50;
export const SAFE_BOTTOM = 34;

/** What stands around a page. */
export interface Surroundings {
  title: string;
  config: WindowConfig;
  canGoBack: boolean;
  /** Of the tab bar; -1 for a page without one. */
  tab: number;
}

export interface ScreenDeps {
  manifest: Manifest;
  words: SystemWords;
  theme(): Theme;
  now(): number;
  onBack(): void;
  onTab(index: number): void;
}

type TabItem = TabBarConfig['list'][number];
export type TabBarStyle = Partial<
  Pick<TabBarConfig, 'color' | 'selectedColor' | 'backgroundColor' | 'borderStyle'>
>;

interface TabMark {
  badge: string;
  dot: boolean;
}

export class Screen {
  /** The pages' windows are put in here. */
  readonly pages = make('main', 'pages');
  readonly keyboard = make('div', 'keyboard');
  /** Toasts, dialogs, pictures. */
  readonly over = make('div', 'over');
  readonly #deps: ScreenDeps;
  readonly #status = make('div', 'status-bar');
  readonly #bar = make('header', 'navigation-bar');
  readonly #title = make('div', 'title');
  readonly #back = make('button', 'back', '‹');
  readonly #busy = make('div', 'busy');
  readonly #tabBar = make('nav', 'tab-bar');
  readonly #home = make('div', 'home-indicator');
  readonly #marks: TabMark[];
  /** As app.json has it, and as the app has changed it since. */
  readonly #tabs: TabBarConfig | undefined;
  #tabsHidden = false;
  #around: Surroundings | null = null;

  constructor(root: HTMLElement, deps: ScreenDeps) {
    this.#deps = deps;
    this.#tabs = structuredClone(deps.manifest.tabBar);
    this.#marks = (this.#tabs?.list ?? []).map(() => ({ badge: '', dot: false }));
    this.#back.setAttribute('aria-label', deps.words.back);
    this.#back.addEventListener('click', () => deps.onBack());
    this.#busy.hidden = true;
    this.#bar.append(this.#back, this.#busy, this.#title, make('div', 'capsule', '•••  ◉'));
    root.append(this.#status, this.#bar, this.pages, this.#tabBar, this.#home, this.keyboard, this.over);
    root.style.setProperty('--safe-area-inset-top', `${STATUS_BAR_HEIGHT}px`);
    root.style.setProperty('--safe-area-inset-left', '0px');
    root.style.setProperty('--safe-area-inset-right', '0px');
    this.tick();
  }

  /** Of the place for the pages, from the top of the screen. */
  get top(): number {
    return this.pages.getBoundingClientRect().top;
  }

  get height(): number {
    return this.pages.clientHeight;
  }

  /** Also where the app has hidden the bar. */
  get isOnTab(): boolean {
    return (this.#around?.tab ?? -1) >= 0;
  }

  tick(): void {
    const time = new Date(this.#deps.now());
    this.#status.textContent = `${time.getHours()}:${String(time.getMinutes()).padStart(2, '0')}`;
  }

  show(around: Surroundings): void {
    this.#around = around;
    const { manifest } = this.#deps;
    const config = { ...manifest.window, ...around.config };
    const style = document.documentElement.style;
    style.setProperty('--bar', this.#themed(config.navigationBarBackgroundColor ?? '#000'));
    style.setProperty('--bar-text', this.#themed(config.navigationBarTextStyle ?? 'white'));
    style.setProperty('--window', this.#themed(config.backgroundColor ?? '#fff'));
    this.setDots(this.#themed(config.backgroundTextStyle ?? 'dark'));
    this.#bar.hidden = config.navigationStyle === 'custom';
    this.#status.classList.toggle('over-page', this.#bar.hidden);
    this.#title.textContent = around.title;
    this.#back.hidden = !around.canGoBack;
    this.#showTabs(around.tab);
    style.setProperty('--safe-area-inset-bottom', this.#tabBar.hidden ? `${SAFE_BOTTOM}px` : '0px');
    style.setProperty('--window-vh', `${this.height / 100}px`);
  }

  /** After a change of theme. */
  repaint(): void {
    if (this.#around) this.show(this.#around);
  }

  setBarColours(text: string, background: string): void {
    const style = document.documentElement.style;
    if (background) style.setProperty('--bar', background);
    if (text) style.setProperty('--bar-text', text);
  }

  setBackground(colour: string): void {
    if (colour) document.documentElement.style.setProperty('--window', colour);
  }

  setDots(textStyle: string): void {
    document.documentElement.style.setProperty('--dots', textStyle === 'light' ? '#fff' : '#999');
  }

  setBusy(isBusy: 'busy' | 'idle'): void {
    this.#busy.hidden = isBusy === 'idle';
  }

  mark(index: number, mark: Partial<TabMark>): void {
    const known = this.#marks[index];
    if (!known) throw new Error('invalid tabBar index');
    Object.assign(known, mark);
    if (this.#around) this.#showTabs(this.#around.tab);
  }

  /** Words and pictures of one tab, until the app ends. */
  setTab(index: number, item: Partial<TabItem>): void {
    const known = this.#tabs?.list[index];
    if (!known) throw new Error('invalid tabBar index');
    Object.assign(known, item);
    this.repaint();
  }

  styleTabs(style: TabBarStyle): void {
    Object.assign(this.#tabs ?? {}, style);
    this.repaint();
  }

  showTabBar(wanted: 'shown' | 'hidden'): void {
    this.#tabsHidden = wanted === 'hidden';
    this.repaint();
  }

  #showTabs(current: number): void {
    const tabs = this.#tabs;
    this.#tabBar.hidden = !tabs || current < 0 || this.#tabsHidden;
    this.#home.classList.toggle('over-page', this.#tabBar.hidden);
    if (!tabs || current < 0) return;
    this.#tabBar.style.background = this.#themed(tabs.backgroundColor);
    const line = this.#themed(tabs.borderStyle ?? 'black');
    this.#tabBar.style.borderTopColor = line === 'white' ? '#fff3' : '#0002';
    this.#tabBar.replaceChildren(
      ...tabs.list.map(({ text, iconPath, selectedIconPath }, index) => {
        const isCurrent = index === current;
        const tab = make('button', 'tab');
        tab.setAttribute('aria-current', isCurrent ? 'page' : 'false');
        tab.style.color = this.#themed(isCurrent ? tabs.selectedColor : tabs.color);
        const icon = make('span', 'icon');
        const path = isCurrent ? (selectedIconPath ?? iconPath) : iconPath;
        if (path) {
          const image = make('img', 'image');
          image.src = `${PACKAGE_PATH}/${this.#themed(path).replace(/^\//, '')}`;
          image.alt = '';
          icon.append(image);
        }
        const mark = this.#marks[index];
        if (mark?.badge) icon.append(make('span', 'badge', mark.badge));
        else if (mark?.dot) icon.append(make('span', 'dot'));
        tab.append(icon, make('span', 'label', text));
        tab.addEventListener('click', () => this.#deps.onTab(index));
        return tab;
      }),
    );
  }

  /** Of a colour, a picture, a word: what theme.json has for it. */
  #themed(value: string): string {
    return themed(this.#deps.manifest, this.#deps.theme(), value);
  }
}

/** An element with a class, and perhaps a text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  if (text) element.textContent = text;
  return element;
}

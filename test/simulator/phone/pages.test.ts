import '../../support/dom.ts';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Manifest } from '../compile/manifest.ts';
import type { PageInstance } from './framework.ts';
import { MOST_PAGES, Pages } from './pages.ts';
import type { Screen, Surroundings } from './screen.ts';

const manifest: Manifest = {
  pages: ['tabs/one', 'tabs/two', 'pages/a', 'pages/b'],
  window: { navigationBarTitleText: 'App' },
  darkmode: false,
  themes: {},
  tabBar: {
    color: '#000',
    selectedColor: '#000',
    backgroundColor: '#fff',
    list: [
      { pagePath: 'tabs/one', text: 'One' },
      { pagePath: 'tabs/two', text: 'Two' },
    ],
  },
};

describe('the stack of pages', () => {
  let lives: string[] = [];
  let around: Surroundings | undefined;
  let pages: Pages;
  let place: HTMLElement;

  beforeEach(() => {
    lives = [];
    place = document.createElement('main');
    const waiting: (() => void)[] = [];
    const screen = { pages: place, show: (now: Surroundings) => (around = now) } as unknown as Screen;
    pages = new Pages({
      manifest,
      configs: { 'pages/a': { navigationBarTitleText: 'A' } },
      screen,
      run: (task) => void waiting.push(task),
      changed: () => undefined,
      mount: (path, options) => ({
        instance: { route: path, options } as unknown as PageInstance,
        attach: () => undefined,
        call: (method) => void lives.push(`${path}.${method}`),
        pageLifetime: () => undefined,
        release: () => undefined,
      }),
    });
    pages.relaunch('/tabs/one');
    for (const task of waiting.splice(0)) task();
  });

  const routes = (): string[] => pages.instances.map(({ route }) => route);
  const lived = (): string[] => lives.splice(0);
  const shown = (): (string | undefined)[] =>
    [...place.querySelectorAll<HTMLElement>('.window')]
      .filter((window) => !window.hidden)
      .map((window) => window.querySelector('page')?.getAttribute('data-page') ?? undefined);

  it('the first page is loaded, shown, and ready, in this order', () => {
    assert.deepEqual(lived(), ['tabs/one.onLoad', 'tabs/one.onShow', 'tabs/one.onReady']);
    assert.deepEqual(around, { title: 'App', config: {}, canGoBack: false, tab: 0 });
  });

  it('a page that is opened hides the one below; back unloads it and shows that one', () => {
    lived();
    pages.push('../pages/a?x=%20y&z');
    assert.deepEqual(lived(), ['tabs/one.onHide', 'pages/a.onLoad', 'pages/a.onShow']);
    assert.deepEqual([routes(), shown()], [['tabs/one', 'pages/a'], ['pages/a']]);
    assert.deepEqual(around, {
      title: 'A',
      config: { navigationBarTitleText: 'A' },
      canGoBack: true,
      tab: -1,
    });
    assert.deepEqual(pages.current?.options, { x: '%20y', z: '' });
    pages.back(1);
    assert.deepEqual(lived(), ['pages/a.onUnload', 'tabs/one.onShow']);
    assert.deepEqual([routes(), shown()], [['tabs/one'], ['tabs/one']]);
  });

  it('a tab is kept while another is shown, and what stood on it goes', () => {
    pages.push('/pages/a');
    lived();
    pages.switchTab('/tabs/two');
    assert.deepEqual(lived(), ['pages/a.onUnload', 'tabs/two.onLoad', 'tabs/two.onShow']);
    pages.switchTab('/tabs/one');
    assert.deepEqual(lived(), ['tabs/two.onHide', 'tabs/one.onShow']);
    assert.deepEqual(shown(), ['tabs/one']);
  });

  it('a tap on the tab where one is, is told', () => {
    lived();
    pages.switchTab('/tabs/one');
    assert.deepEqual(lived(), ['tabs/one.onTabItemTap']);
  });

  it('a relaunch unloads everything, hidden tabs too', () => {
    pages.switchTab('/tabs/two');
    pages.push('/pages/a');
    lived();
    pages.relaunch('/pages/b');
    assert.deepEqual(lived(), [
      'pages/a.onUnload',
      'tabs/two.onUnload',
      'tabs/one.onUnload',
      'pages/b.onLoad',
      'pages/b.onShow',
    ]);
    assert.equal(place.childElementCount, 1);
  });

  it('what WeChat refuses is refused, and nothing changes', () => {
    for (const wrong of [
      () => pages.push('/tabs/two'),
      () => pages.replace('/tabs/two'),
      () => pages.switchTab('/pages/a'),
      () => pages.push('/pages/none'),
      () => pages.back(1),
    ]) {
      assert.throws(wrong);
      assert.deepEqual(routes(), ['tabs/one']);
    }
  });

  it('the eleventh page is refused; in the place of the tenth one may stand', () => {
    for (let depth = 1; depth < MOST_PAGES; depth += 1) pages.push('/pages/a');
    assert.throws(() => pages.push('/pages/a'), /webview count limit exceed/);
    pages.replace('/pages/b');
    assert.deepEqual([routes().length, pages.path], [MOST_PAGES, 'pages/b']);
  });
});

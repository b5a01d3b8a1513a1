import '../../support/dom.ts';
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildBundle, type Bundle } from '../compile/bundle.ts';
import { BUILT_INS } from './builtins/catalogue.ts';
import type { Fittings } from './builtins/part.ts';
import { Framework, type PageInstance } from './framework.ts';

const fixture = fileURLToPath(new URL('../fixture/', import.meta.url));

interface FirstPage extends PageInstance {
  seen: { absent: string[]; ready: string[] };
}

describe('the framework', () => {
  let page: FirstPage;
  let element: HTMLElement;
  let framework: Framework;
  const changes: object[] = [];

  before(async () => {
    const { script } = await buildBundle(fixture);
    (0, eval)(script);
    const { chahuaBundle: bundle } = globalThis as unknown as { chahuaBundle: Bundle };
    framework = new Framework({
      bundle,
      builtIns: BUILT_INS,
      globals: { wx: {}, App: () => undefined, getApp: () => ({}) },
      fittings: { run: (task) => queueMicrotask(task) } as Fittings,
      onSetData: (data) => changes.push(data),
      top: () => 0,
    });
    framework.start();
    element = document.createElement('page');
    const mounted = framework.mount('pages/first/first', {}, element);
    mounted.attach();
    mounted.call('onLoad');
    page = mounted.instance as FirstPage;
    await Promise.resolve();
  });

  it('shows what the page has in its data, through modules that it requires', () => {
    assert.match(element.textContent ?? '', /Hello, fixture/);
  });

  it("a built-in is wx-…, a page's class is as it is written, a component's bears its prefix", () => {
    assert.ok(element.querySelector('wx-view.wide'));
    assert.ok(element.querySelector('[data-is="components/tick/tick"] > wx-text.tick--mark'));
  });

  it('code of the app finds nothing of the browser', () => {
    assert.deepEqual(page.seen.absent, [
      'window',
      'document',
      'localStorage',
      'fetch',
      'WebSocket',
      'crypto',
    ]);
  });

  it('a component is told that it is ready, after what put it there is over', () => {
    assert.deepEqual(page.seen.ready, ['page loaded', 'tick ready']);
  });

  it('setData is told and takes effect at once', () => {
    page.setData({ words: 'changed' });
    assert.match(element.textContent ?? '', /changed/);
    assert.deepEqual(changes, [{ words: 'changed' }]);
  });

  it('a gesture reaches the page from the element under the finger', () => {
    const target = element.querySelector('wx-view');
    assert.ok(target);
    assert.equal(framework.listensTo(target, 'tap'), true);
    assert.equal(framework.listensTo(target, 'longpress'), false);
    framework.send(target, 'tap', { x: 1, y: 2 }, {});
    assert.deepEqual(page['tapped'], { x: 1, y: 2 });
  });
});

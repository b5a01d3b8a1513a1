import '../../support/dom.ts';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { Gestures } from './gestures.ts';

describe('a finger', () => {
  let clock: ManualClock;
  let root: HTMLElement;
  let target: HTMLElement;
  let heard: string[];
  let listened: string[];

  beforeEach(() => {
    clock = new ManualClock();
    root = document.createElement('div');
    target = document.createElement('b');
    root.append(target);
    document.body.append(root);
    heard = [];
    listened = [];
    new Gestures(root, () => 88, {
      after: (ms, run) => clock.after(ms, run),
      send: (_, name, { x, y }) => heard.push(`${name} ${x},${y}`),
      listensTo: (_, name) => listened.includes(name),
      hoverOf: (element) =>
        element === root ? { className: 'pressed', startMs: 50, stayMs: 100 } : undefined,
    });
  });

  /** jsdom has pointer events, or mouse events that will do. */
  function point(type: string, x: number, y: number, more: object = {}): void {
    const event = new window.Event(type, { bubbles: true });
    Object.assign(event, { pointerId: 1, isPrimary: true, button: 0, clientX: x, clientY: y, ...more });
    (type === 'pointerdown' ? target : window).dispatchEvent(event);
  }

  const names = (): string[] => heard.map((event) => event.split(' ')[0] ?? '');

  it('down and up again at one place is a tap, counted from the top of the page', () => {
    point('pointerdown', 10, 100);
    point('pointerup', 12, 101);
    assert.deepEqual(heard, ['touchstart 10,12', 'touchend 12,13', 'tap 12,13']);
  });

  it('that moves is no tap and no long press', () => {
    point('pointerdown', 10, 100);
    point('pointermove', 10, 130);
    clock.advance(1_000);
    point('pointerup', 10, 130);
    assert.deepEqual(names(), ['touchstart', 'touchmove', 'touchend']);
  });

  it('that rests is a long press; the tap after it counts only where nobody listened', () => {
    const rest = (): string[] => {
      heard.length = 0;
      point('pointerdown', 10, 100);
      clock.advance(350);
      point('pointerup', 10, 100);
      return names();
    };
    assert.deepEqual(rest(), ['touchstart', 'longpress', 'touchend', 'tap']);
    listened = ['longpress'];
    assert.deepEqual(rest(), ['touchstart', 'longpress', 'touchend']);
  });

  it('that the browser takes for scrolling is cancelled', () => {
    point('pointerdown', 10, 100);
    point('pointercancel', 10, 100);
    point('pointerup', 10, 100);
    assert.deepEqual(names(), ['touchstart', 'touchcancel']);
  });

  it('is seen on what has a hover-class, a little later, and a little longer', () => {
    point('pointerdown', 10, 100);
    assert.equal(root.className, '');
    clock.advance(50);
    assert.equal(root.className, 'pressed');
    point('pointerup', 10, 100);
    assert.equal(root.className, 'pressed');
    clock.advance(100);
    assert.equal(root.className, '');
  });

  it('a second finger and a second button do nothing', () => {
    point('pointerdown', 10, 100, { isPrimary: false });
    point('pointerdown', 10, 100, { button: 2 });
    assert.deepEqual(heard, []);
  });
});

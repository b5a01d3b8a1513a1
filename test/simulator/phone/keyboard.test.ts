import '../../support/dom.ts';
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Keyboard, KEYBOARD_HEIGHT, type Field } from './keyboard.ts';
import { systemWords } from './system-words.ts';

describe('the keyboard', () => {
  let keys: HTMLElement;
  let keyboard: Keyboard;
  let heights: string[];

  beforeEach(() => {
    keys = document.createElement('div');
    keyboard = new Keyboard(keys, document.createElement('main'), systemWords('zh_CN'));
    heights = [];
    keyboard.changes.on(({ height }) => heights.push(`wx ${height}`));
  });

  function field(name: string): Field & { done: string[] } {
    const own = {
      done: [] as string[],
      element: document.createElement('div'),
      adjustsPosition: () => false,
      confirmKey: () => 'send',
      confirm: () => void own.done.push('confirm'),
      putAway: () => keyboard.close(own),
      heightChanged: (height: number) => void heights.push(`${name} ${height}`),
    };
    return own;
  }

  const key = (className: string): HTMLElement => keys.querySelector(`.${className}`) as HTMLElement;

  it('comes with a field and goes with it, and tells both the height', () => {
    const only = field('a');
    keyboard.open(only);
    assert.deepEqual(
      [keys.hidden, keyboard.height, key('confirm').textContent],
      [false, KEYBOARD_HEIGHT, '发送'],
    );
    keyboard.close(only);
    assert.deepEqual([keys.hidden, keyboard.height], [true, 0]);
    assert.deepEqual(heights, [`a ${KEYBOARD_HEIGHT}`, `wx ${KEYBOARD_HEIGHT}`, 'a 0', 'wx 0']);
  });

  it('stays for the next field, whichever of the two is heard first', () => {
    const [first, second] = [field('a'), field('b')];
    keyboard.open(first);
    keyboard.open(second);
    keyboard.close(first);
    assert.equal(keyboard.height, KEYBOARD_HEIGHT);
    assert.deepEqual(heights, [`a ${KEYBOARD_HEIGHT}`, `wx ${KEYBOARD_HEIGHT}`, `b ${KEYBOARD_HEIGHT}`]);
  });

  it('has a key that confirms and one that puts it away', () => {
    const only = field('a');
    keyboard.open(only);
    key('confirm').click();
    assert.deepEqual(only.done, ['confirm']);
    key('hide').click();
    assert.equal(keyboard.height, 0);
  });
});

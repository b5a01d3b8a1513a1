import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { mountComponent, settle, unmountAll } from '../support/simulate.ts';

const BAR = 'components/connection-bar/connection-bar';
afterEach(unmountAll);

test('without words there is no bar', () => {
  assert.equal(mountComponent(BAR, { text: '', tone: 'quiet' }).querySelector('.bar'), undefined);
});

test('the bar tells its words in its tone, and offers nothing unless there is something to do', () => {
  const bar = mountComponent(BAR, { text: '连接中…', tone: 'quiet' });
  assert.equal(bar.dom.textContent, '连接中…');
  assert.ok(bar.querySelector('.quiet'));
  assert.equal(bar.querySelector('.action'), undefined);
});

test('a tap on the button is told', async () => {
  const bar = mountComponent(BAR, { text: '未连接', tone: 'warn', action: '立即连接' });
  const act = mock.fn();
  bar.addEventListener('act', act);
  bar.querySelector('.action')?.dispatchEvent('tap');
  await settle();
  assert.equal(act.mock.callCount(), 1);
});

import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { mountComponent, settle, unmountAll } from '../support/simulate.ts';

const BUBBLE = 'components/message-bubble/message-bubble';
const theirs = { from: 'u2', person: '小红', named: true, text: '早', state: 'sent' };
afterEach(unmountAll);

test('a message of another shows name, letter and text, and no mark', () => {
  const bubble = mountComponent(BUBBLE, theirs);
  assert.ok(bubble.querySelector('.theirs'));
  assert.equal(bubble.querySelector('.name')?.dom.textContent, '小红');
  assert.equal(bubble.querySelector('.text')?.dom.textContent, '早');
  assert.equal(bubble.querySelector('.face')?.dom.textContent, '小');
  assert.equal(bubble.querySelector('.sending'), undefined);
  assert.equal(bubble.querySelector('.failed'), undefined);
});

test('sending, sent and failed look different, and a failure says why', () => {
  const bubble = mountComponent(BUBBLE, { ...theirs, mine: true, state: 'sending' });
  assert.ok(bubble.querySelector('.sending'));
  bubble.setData({ state: 'failed', problem: '你已被禁言' });
  assert.equal(bubble.querySelector('.sending'), undefined);
  assert.ok(bubble.querySelector('.failed'));
  assert.equal(bubble.querySelector('.problem')?.dom.textContent, '你已被禁言');
  bubble.setData({ state: 'sent', problem: '' });
  assert.equal(bubble.querySelector('.failed'), undefined);
  assert.equal(bubble.querySelector('.problem'), undefined);
});

test('an edited message says so, and an answer quotes', () => {
  const bubble = mountComponent(BUBBLE, { ...theirs, edited: true, quote: '老王：在吗' });
  assert.equal(bubble.querySelector('.edited')?.dom.textContent, '已编辑');
  assert.equal(bubble.querySelector('.quote')?.dom.textContent, '老王：在吗');
});

test('a long press and a tap on the mark of a failure are told, each by its own event', async () => {
  const bubble = mountComponent(BUBBLE, { ...theirs, mine: true, state: 'failed' });
  const [hold, retry] = [mock.fn(), mock.fn()];
  bubble.addEventListener('hold', hold);
  bubble.addEventListener('retry', retry);
  bubble.querySelector('.bubble')?.dispatchEvent('longpress');
  await settle();
  assert.deepEqual([hold.mock.callCount(), retry.mock.callCount()], [1, 0]);
  bubble.querySelector('.failed')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual([hold.mock.callCount(), retry.mock.callCount()], [1, 1]);
});

const hostile = {
  HTML: '<img src=x onerror="alert(1)"><b>bold</b>',
  'a script': '<script>alert(1)</script>',
  'entities and a template': '&lt;i&gt; &nbsp; {{text}} ${text}',
  'right to left': '\u202eevil\u202c שלום مرحبا',
  'zero width': 'a\u200bb\u200dc\ufeff',
  'lines and spaces': 'first\n  second\n',
};
for (const [what, text] of Object.entries(hostile)) {
  test(`${what} is shown as it was sent: in a name, a text and a quotation (S24)`, () => {
    const bubble = mountComponent(BUBBLE, { ...theirs, text, person: text, quote: text, problem: text });
    for (const place of ['.text', '.name', '.quote', '.problem']) {
      const shown = bubble.querySelector(place);
      assert.equal(shown?.dom.textContent, text);
      assert.doesNotMatch(shown?.dom.innerHTML ?? '<', /<(img|b|script|i)\b/);
    }
  });
}

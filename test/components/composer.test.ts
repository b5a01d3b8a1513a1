import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { mountComponent, settle, unmountAll, type Rendered } from '../support/simulate.ts';

const COMPOSER = 'components/composer/composer';
afterEach(unmountAll);

function open(properties: Record<string, unknown> = {}) {
  const composer = mountComponent(COMPOSER, { limit: 10, ...properties });
  const heard = { send: mock.fn(), draft: mock.fn(), keyboard: mock.fn() };
  for (const [name, listener] of Object.entries(heard)) {
    composer.addEventListener(name, ({ detail }) => void listener(detail));
  }
  const told = (name: keyof typeof heard) =>
    heard[name].mock.calls.map(({ arguments: [detail] }) => detail as unknown);
  return { composer, told };
}

async function type(composer: Rendered, value: string) {
  composer.querySelector('.input')?.dispatchEvent('input', { detail: { value } });
  await settle();
}

async function send(composer: Rendered) {
  composer.querySelector('.send')?.dispatchEvent('tap');
  await settle();
}

test('what was written is sent as it is, and the field is empty again', async () => {
  const { composer, told } = open();
  await type(composer, ' 早\n安 ');
  await send(composer);
  assert.deepEqual(told('send'), [{ text: ' 早\n安 ' }]);
  assert.equal(composer.data['text'], '');
  await send(composer);
  assert.equal(told('send').length, 1);
});

test('the key of the keyboard sends as the button does', async () => {
  const { composer, told } = open();
  await type(composer, '早');
  composer.querySelector('.input')?.dispatchEvent('confirm', { detail: { value: '早' } });
  await settle();
  assert.deepEqual(told('send'), [{ text: '早' }]);
});

test('every change is told as a draft, the emptying too', async () => {
  const { composer, told } = open();
  await type(composer, '早');
  await type(composer, '');
  assert.deepEqual(told('draft'), [{ text: '早' }, { text: '' }]);
});

test('nothing visible is nothing to send', async () => {
  const { composer, told } = open();
  for (const blank of ['', '  \n ', '\u200b\u3164']) {
    await type(composer, blank);
    assert.ok(composer.querySelector('.off'));
    await send(composer);
  }
  assert.deepEqual(told('send'), []);
});

test('a text at the limit can be sent, one character more cannot and stays whole', async () => {
  const { composer, told } = open();
  await type(composer, '👍'.repeat(10));
  assert.equal(composer.querySelector('.count')?.dom.textContent, '10/10');
  assert.equal(composer.querySelector('.too-long'), undefined);
  await type(composer, '👍'.repeat(11));
  assert.equal(composer.querySelector('.too-long')?.dom.textContent, '11/10');
  await send(composer);
  assert.deepEqual(told('send'), []);
  assert.equal(composer.data['text'], '👍'.repeat(11));
});

test('far from the limit nothing is counted', async () => {
  const { composer } = open();
  await type(composer, '123456789');
  assert.equal(composer.querySelector('.count'), undefined);
});

test('a limit that is told later holds for what stands there', async () => {
  const { composer } = open();
  await type(composer, '12345');
  composer.setData({ limit: 4 });
  assert.ok(composer.querySelector('.too-long'));
});

test('a draft stands there from the start and can be sent', async () => {
  const { composer, told } = open({ value: '早上' });
  await send(composer);
  assert.deepEqual(told('send'), [{ text: '早上' }]);
});

test('the height of the keyboard is told, and that it is gone', async () => {
  const { composer, told } = open();
  composer.querySelector('.input')?.dispatchEvent('keyboardheightchange', { detail: { height: 301 } });
  await settle();
  composer.querySelector('.input')?.dispatchEvent('blur');
  await settle();
  assert.deepEqual(told('keyboard'), [{ height: 301 }, { height: 0 }]);
});

test('where nothing can be written there is the reason and no field', () => {
  const { composer } = open({ closed: '聊天已关闭' });
  assert.equal(composer.dom.textContent.trim(), '聊天已关闭');
  assert.equal(composer.querySelector('.input'), undefined);
  assert.equal(composer.querySelector('.send'), undefined);
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { PageWx } from '../support/page-wx.ts';
import { mountComponent, settle, unmountAll, type Rendered } from '../support/simulate.ts';

const COMPOSER = 'components/composer/composer';
beforeEach(() => new PageWx().install());
afterEach(unmountAll);

function open(properties: Record<string, unknown> = {}) {
  const composer = mountComponent(COMPOSER, { limit: 10, ...properties });
  const heard = {
    send: mock.fn(),
    draft: mock.fn(),
    dock: mock.fn(),
    mention: mock.fn(),
    picture: mock.fn(),
    emoji: mock.fn(),
    drop: mock.fn(),
  };
  for (const [name, listener] of Object.entries(heard)) {
    composer.addEventListener(name, ({ detail }) => void listener(detail));
  }
  const told = (name: keyof typeof heard) =>
    heard[name].mock.calls.map(({ arguments: [detail] }) => detail as unknown);
  return { composer, told };
}

async function type(composer: Rendered, value: string) {
  const detail = { value, cursor: value.length };
  composer.querySelector('.input')?.dispatchEvent('input', { detail });
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
    assert.ok(composer.querySelector('.off') ?? composer.querySelector('.plus'));
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

async function raise(composer: Rendered, height: number) {
  composer.querySelector('.input')?.dispatchEvent('keyboardheightchange', { detail: { height } });
  await settle();
}

async function press(composer: Rendered, place: string) {
  composer.querySelector(place)?.dispatchEvent('tap');
  await settle();
}

test('the keyboard has its room below the field, and gives it back', async () => {
  const { composer, told } = open();
  await raise(composer, 301);
  composer.querySelector('.input')?.dispatchEvent('blur', { detail: {} });
  await settle();
  assert.deepEqual(told('dock'), [{ height: 301 }, { height: 0 }]);
});

test('keyboard and panel follow each other without a jump', async () => {
  const { composer, told } = open();
  await raise(composer, 301);
  await press(composer, '.smile');
  assert.ok(composer.querySelector('.panel'));
  await raise(composer, 0);
  assert.deepEqual(told('dock'), [{ height: 301 }]);
  await press(composer, '.keyboard');
  assert.equal(composer.data['focus'], true);
  assert.ok(composer.querySelector('.panel'), 'the panel stands until the keyboard is there');
  await raise(composer, 301);
  assert.equal(composer.querySelector('.panel'), undefined);
  assert.deepEqual(told('dock'), [{ height: 301 }]);
});

test('emoji go in where the caret is, and are rubbed out whole', async () => {
  const { composer, told } = open();
  await type(composer, '早安');
  composer.querySelector('.input')?.dispatchEvent('blur', { detail: { cursor: 1 } });
  await settle();
  await press(composer, '.smile');
  const panel = () => composer.querySelector('.panel')!;
  const [emoji] = panel().querySelectorAll('.emoji');
  emoji?.dispatchEvent('tap');
  await settle();
  assert.equal(composer.data['text'], `早${emoji?.dom.textContent}安`);
  assert.deepEqual(told('emoji'), [{ emoji: emoji?.dom.textContent }]);
  await press(panel(), '.erase');
  assert.equal(composer.data['text'], '早安');
  assert.equal((told('draft').at(-1) as { text: string }).text, '早安');
});

test('those used last come first in the panel', async () => {
  const { composer } = open({ recent: ['🍵', '👍'] });
  await press(composer, '.smile');
  const recent = composer.querySelector('.panel')?.querySelectorAll('.recent') ?? [];
  assert.deepEqual(
    recent.map(({ dom }) => dom.textContent),
    ['🍵', '👍'],
  );
});

test('with nothing written there is the way to pictures, with something there is the way to send', async () => {
  const { composer, told } = open();
  await press(composer, '.plus');
  const tiles = composer.querySelectorAll('.tile');
  for (const tile of tiles) {
    tile.dispatchEvent('tap');
    await settle();
  }
  assert.deepEqual(told('picture'), [{ source: 'album' }, { source: 'camera' }]);
  await type(composer, '早');
  assert.equal(composer.querySelector('.plus'), undefined);
  assert.ok(composer.querySelector('.send'));
});

test('an @ that is typed asks whom to call; one that was pasted in a text does not', async () => {
  const { composer, told } = open({ canMention: true });
  await type(composer, 'a@b');
  await type(composer, 'a@b@');
  assert.equal(told('mention').length, 1);
  const alone = open({ canMention: false });
  await type(alone.composer, '@');
  assert.equal(alone.told('mention').length, 0);
});

test('blocked, it counts down, keeps the text and sends nothing', async () => {
  const { composer, told } = open({ blocked: '慢速模式：6 秒后可以再发', wait: 6 });
  await type(composer, '早');
  assert.equal(composer.querySelector('.blocked')?.dom.textContent, '慢速模式：6 秒后可以再发');
  assert.equal(composer.querySelector('.send')?.dom.textContent, '6 s');
  await send(composer);
  assert.deepEqual(told('send'), []);
  composer.setData({ blocked: '', wait: 0 });
  await send(composer);
  assert.deepEqual(told('send'), [{ text: '早' }]);
});

test('an answer or an edit is told above the field and can be given up', async () => {
  const { composer, told } = open({ about: '小红：早' });
  assert.equal(composer.querySelector('.about-text')?.dom.textContent, '回复小红：早');
  await press(composer, '.drop');
  assert.equal(told('drop').length, 1);
  composer.setData({ isEdit: true });
  assert.match(composer.querySelector('.about-text')?.dom.textContent ?? '', /^编辑/);
  assert.equal(composer.querySelector('.send')?.dom.textContent, '保存');
});

test('where nothing can be written there is the reason and no field', () => {
  const { composer } = open({ closed: '聊天已关闭' });
  assert.equal(composer.dom.textContent.trim(), '聊天已关闭');
  assert.equal(composer.querySelector('.input'), undefined);
  assert.equal(composer.querySelector('.send'), undefined);
});

import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { mountComponent, settle, unmountAll } from '../support/simulate.ts';

const BUBBLE = 'components/message-bubble/message-bubble';
const theirs = { key: 's1', from: 'u2', person: '小红', named: true, text: '早', state: 'sent' };
afterEach(unmountAll);

function open(fields: object = {}) {
  const bubble = mountComponent(BUBBLE, { row: { ...theirs, ...fields } });
  const heard = mock.fn();
  bubble.addEventListener('row', ({ detail }) => void heard(detail));
  const told = () => heard.mock.calls.map(({ arguments: [detail] }) => detail as unknown);
  const text = (place: string) => bubble.querySelector(place)?.dom.textContent;
  const tap = async (place: string, event = 'tap') => {
    bubble.querySelector(place)?.dispatchEvent(event);
    await settle();
  };
  return { bubble, told, text, tap };
}

test('a message of another shows name, letter and text, and no mark', () => {
  const { bubble, text } = open();
  assert.ok(bubble.querySelector('.theirs'));
  assert.deepEqual([text('.name'), text('.text'), text('.face')], ['小红', '早', '小']);
  assert.equal(bubble.querySelector('.sending'), undefined);
  assert.equal(bubble.querySelector('.failed'), undefined);
});

test('one that goes on from the message above shows no face again', () => {
  const { bubble, text } = open({ joined: true, named: false });
  assert.ok(bubble.querySelector('.joined'));
  assert.equal(text('.face'), '');
  assert.equal(bubble.querySelector('.name'), undefined);
});

test('sending, sent and failed look different, and a failure says why', () => {
  const { bubble, text } = open({ mine: true, state: 'sending', note: '审核中' });
  assert.ok(bubble.querySelector('.sending'));
  assert.equal(text('.note'), '审核中');
  bubble.setData({ row: { ...theirs, mine: true, state: 'failed', problem: '你已被禁言' } });
  assert.equal(bubble.querySelector('.sending'), undefined);
  assert.ok(bubble.querySelector('.failed'));
  assert.equal(text('.problem'), '你已被禁言');
  bubble.setData({ row: { ...theirs, mine: true, seen: '已读' } });
  assert.equal(bubble.querySelector('.failed'), undefined);
  assert.equal(bubble.querySelector('.problem'), undefined);
  assert.equal(text('.seen'), '已读');
});

test('an edited message says so, and an answer quotes and leads to what it quotes', async () => {
  const { text, told, tap } = open({ edited: true, quote: '老王：在吗', quoted: 7 });
  assert.equal(text('.edited'), '已编辑');
  assert.equal(text('.quote'), '老王：在吗');
  await tap('.quote');
  assert.deepEqual(told(), [{ what: 'quote', key: 's1', seq: 7 }]);
});

test('a long press and a tap on the mark of a failure are told, each as itself', async () => {
  const { told, tap } = open({ mine: true, state: 'failed' });
  await tap('.bubble', 'longpress');
  await tap('.failed');
  assert.deepEqual(told(), [
    { what: 'hold', key: 's1' },
    { what: 'retry', key: 's1' },
  ]);
});

test('addresses and calls stand out of the text, and a tap on an address tells it', async () => {
  const parts = [{ text: '@小明', as: 'me' }, { text: ' 看 ' }, { text: 'https://a.example/b', as: 'link' }];
  const { text, told, tap } = open({ text: '@小明 看 https://a.example/b', parts });
  assert.equal(text('.text'), '@小明 看 https://a.example/b');
  assert.deepEqual([text('.me'), text('.link')], ['@小明', 'https://a.example/b']);
  await tap('.me');
  await tap('.link');
  assert.deepEqual(told(), [{ what: 'link', key: 's1', text: 'https://a.example/b' }]);
});

test('reactions are counted below, one’s own marked; a tap joins or leaves', async () => {
  const reactions = [
    { emoji: '👍', count: 2, mine: true },
    { emoji: '🍵', count: 1 },
  ];
  const { bubble, told } = open({ reactions });
  const shown = bubble.querySelectorAll('.reaction');
  assert.deepEqual(
    shown.map(({ dom }) => dom.textContent),
    ['👍 2', '🍵 1'],
  );
  assert.equal(bubble.querySelectorAll('.own').length, 1);
  for (const reaction of shown) {
    reaction.dispatchEvent('tap');
    await settle();
  }
  assert.deepEqual(told(), [
    { what: 'react', key: 's1', emoji: '👍', on: false },
    { what: 'react', key: 's1', emoji: '🍵', on: true },
  ]);
});

test('a picture has its size before it is loaded, shows how far its upload is, and says where it is gone', async () => {
  const picture = { src: 'wxfile://saved_1', w: 180, h: 90, progress: 40 };
  const { bubble, text, told, tap } = open({ text: undefined, picture });
  assert.match(bubble.dom.innerHTML, /width: 180px; height: 90px/);
  assert.equal(text('.percent'), '40%');
  await tap('.picture');
  assert.deepEqual(told(), [{ what: 'picture', key: 's1' }]);
  bubble.setData({ row: { ...theirs, picture: { src: '', w: 180, h: 90, gone: true } } });
  assert.equal(text('.gone'), '图片已失效');
  assert.equal(bubble.querySelector('.progress'), undefined);
});

test('a face can be met, and called by a long press', async () => {
  const { told, tap } = open();
  await tap('.face');
  await tap('.face', 'longpress');
  assert.deepEqual(told(), [
    { what: 'person', key: 's1' },
    { what: 'call', key: 's1' },
  ]);
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
    const { bubble } = open({ text, person: text, quote: text, problem: text });
    for (const place of ['.text', '.name', '.quote', '.problem']) {
      const shown = bubble.querySelector(place);
      assert.equal(shown?.dom.textContent, text);
      assert.doesNotMatch(shown?.dom.innerHTML ?? '<', /<(img|b|script|i)\b/);
    }
  });
}

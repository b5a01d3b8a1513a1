import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '../../server/domain/ports.ts';
import { fieldsOf, type Field } from '../../server/wechat/notice-fields.ts';

const NOTICE: Notice = {
  kind: 'direct',
  user: 'u',
  room: 'r',
  roomName: '茶室',
  from: '王小明',
  text: '下午三点喝茶',
  content: 'text',
  ts: Date.UTC(2026, 10, 25, 1, 5),
};
const valueOf = (field: Field, more: Partial<Notice> = {}): string | undefined =>
  fieldsOf([field], { ...NOTICE, ...more })[field.name]?.value;

test('each source fills its field', () => {
  const fields: Field[] = [
    { name: 'thing1', source: 'room' },
    { name: 'name2', source: 'from' },
    { name: 'thing3', source: 'text' },
    { name: 'time4', source: 'time' },
    { name: 'phrase5', source: { always: '新消息' } },
  ];
  assert.deepEqual(fieldsOf(fields, NOTICE), {
    thing1: { value: '茶室' },
    name2: { value: '王小明' },
    thing3: { value: '下午三点喝茶' },
    time4: { value: '2026年11月25日 09:05' },
    phrase5: { value: '新消息' },
  });
});

test('a thing has at most 20 characters on one line, astral ones counted as one, and is never empty', () => {
  const thing: Field = { name: 'thing1', source: 'text' };
  assert.equal(valueOf(thing, { text: '茶'.repeat(20) }), '茶'.repeat(20));
  assert.equal(valueOf(thing, { text: '茶'.repeat(21) }), `${'茶'.repeat(19)}…`);
  assert.equal(valueOf(thing, { text: '🍵'.repeat(30) }), `${'🍵'.repeat(19)}…`);
  assert.equal(valueOf(thing, { text: ' 一\n\n二 ' }), '一 二');
  assert.equal(valueOf(thing, { text: ' \n ' }), '…');
});

test('a name holds letters alone, ten of them where there are Chinese ones, twenty else', () => {
  const name: Field = { name: 'name1', source: 'from' };
  assert.equal(valueOf(name, { from: '茶友aB12!' }), '茶友aB');
  assert.equal(valueOf(name, { from: '茶'.repeat(30) }), '茶'.repeat(10));
  assert.equal(valueOf(name, { from: 'x'.repeat(30) }), 'x'.repeat(20));
  assert.equal(valueOf(name, { from: '12345' }), '茶友');
});

test('what is no text is named, and a group without a name too', () => {
  const thing: Field = { name: 'thing1', source: 'text' };
  assert.equal(valueOf(thing, { content: 'image', text: '' }), '[图片]');
  assert.equal(valueOf(thing, { content: 'custom', text: '' }), '[消息]');
  assert.equal(valueOf({ name: 'thing1', source: 'room' }, { roomName: '' }), '群聊');
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPush, type PushSecrets } from '../../server/wechat/push.ts';
import { APPID, PUSH_KEY, PUSH_TOKEN } from '../support/fake-wechat/fake-wechat.ts';
import { echoQuery, pushOf } from '../support/fake-wechat/push.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clock = new ManualClock();
const at = clock.now();
const EVENT = { MsgType: 'event', Event: 'wxa_media_check', trace_id: 't', text: '茶🍵' };
const plain = open({ token: PUSH_TOKEN });
const safe = open({ token: PUSH_TOKEN, key: PUSH_KEY });

function open(secrets: PushSecrets) {
  return createPush({ secrets, appid: APPID, clock });
}
const forbidden = { code: 'FORBIDDEN' };
const malformed = { code: 'BAD_REQUEST' };
const opened = (push: ReturnType<typeof open>, { query, body }: ReturnType<typeof pushOf>) =>
  push.open(query, JSON.parse(body));

describe('the address is tried by the console', () => {
  test('a signed question hears its echostr, one that is not, or is old, hears nothing', () => {
    assert.equal(plain.echo(echoQuery('123abc', { at })), '123abc');
    assert.throws(() => plain.echo(echoQuery('123abc', { at, token: 'another' })), forbidden);
    assert.throws(() => plain.echo(echoQuery('123abc', { at: at - 11 * 60_000 })), forbidden);
    assert.throws(() => plain.echo(echoQuery('123abc', { at: at + 11 * 60_000 })), forbidden);
    assert.throws(() => plain.echo(new URLSearchParams({ echostr: '123abc' })), forbidden);
  });

  test('what could be markup is not echoed', () => {
    assert.throws(() => plain.echo(echoQuery('<script>', { at })), malformed);
  });
});

describe('an event', () => {
  test('in the clear is read where no key is set', () => {
    assert.deepEqual(opened(plain, pushOf(EVENT, { at })), EVENT);
  });

  test('that is sealed is read where the key is set, whatever its length', () => {
    for (let length = 0; length < 40; length += 1) {
      const event = { ...EVENT, pad: 'x'.repeat(length) };
      assert.deepEqual(opened(safe, pushOf(event, { at, mode: 'safe' })), event);
    }
  });

  test('with a wrong signature, by another token or of another time is not read', () => {
    for (const push of [pushOf(EVENT, { at, token: 'another' }), pushOf(EVENT, { at: at - 3_600_000 })])
      assert.throws(() => opened(plain, push), forbidden);
    const sealed = pushOf(EVENT, { at, mode: 'safe' });
    sealed.query.set('msg_signature', 'f'.repeat(40));
    assert.throws(() => opened(safe, sealed), forbidden);
    sealed.query.delete('msg_signature');
    assert.throws(() => opened(safe, sealed), forbidden);
  });

  test('in the clear is not taken where the key is set, though its query is signed', () => {
    assert.throws(() => opened(safe, pushOf(EVENT, { at })), malformed);
  });

  test('sealed with another key, for another app, cut off or changed is not read', () => {
    const otherKey = Buffer.from('AnotherKeyAnotherKeyAnotherKey!!').toString('base64').slice(0, 43);
    for (const push of [
      pushOf(EVENT, { at, mode: 'safe', key: otherKey }),
      pushOf(EVENT, { at, mode: 'safe', appid: 'wxffffffffffffffff' }),
    ])
      assert.throws(() => opened(safe, push), forbidden);
    const { query, body } = pushOf(EVENT, { at, mode: 'safe' });
    const { Encrypt } = JSON.parse(body) as { Encrypt: string };
    assert.throws(
      () => safe.open(query, { Encrypt: Encrypt.slice(0, -8) }),
      forbidden,
      'the signature covers it',
    );
  });

  test('that is no object, or has no sealed part, is BAD_REQUEST', () => {
    const { query } = pushOf(EVENT, { at });
    for (const body of [null, [], 'x', 7]) assert.throws(() => plain.open(query, body), malformed);
    assert.throws(() => safe.open(query, {}), malformed);
  });
});

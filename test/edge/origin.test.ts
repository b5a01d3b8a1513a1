import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayOpen, type Handshake, type OriginRules } from '../../server/edge/origin.ts';

const APPID = 'wx0123456789abcdef';
const page = (appid: string, version: string) =>
  `https://servicewechat.com/${appid}/${version}/page-frame.html`;
const open = (handshake: Partial<Handshake>, rules: Partial<OriginRules> = {}): boolean =>
  mayOpen(
    { host: 'chat.example', origin: '', referer: '', ...handshake },
    { origins: ['https://a.example'], appid: APPID, released: true, ...rules },
  );

test('a page of the list may, any other may not', () => {
  assert.equal(open({ origin: 'https://a.example' }), true);
  for (const origin of ['https://b.example', 'http://a.example', 'https://a.example.evil', 'null']) {
    assert.equal(open({ origin }), false, origin);
  }
});

test('where pages of the own host may, the host and the port count', () => {
  const own = { origins: 'own' } as const;
  assert.equal(open({ origin: 'https://chat.example' }, own), true);
  assert.equal(open({ origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' }, own), true);
  for (const origin of ['https://chat.example:8443', 'https://chat.example.evil', 'null', 'https://']) {
    assert.equal(open({ origin }, own), false, origin);
  }
});

test('who sends no origin is no browser', () => {
  assert.equal(open({}), true);
});

test('a mini-program may where it is ours and was released', () => {
  assert.equal(open({ referer: page(APPID, '12') }), true);
  assert.equal(open({ referer: page('wxffffffffffffffff', '12') }), false);
  for (const version of ['0', 'devtools']) {
    assert.equal(open({ referer: page(APPID, version) }), false, version);
    assert.equal(open({ referer: page(APPID, version) }, { released: false }), true, version);
  }
});

test('a mini-program with an origin beside is judged as a mini-program', () => {
  assert.equal(open({ origin: 'https://servicewechat.com', referer: page(APPID, '12') }), true);
  assert.equal(open({ origin: 'https://a.example', referer: page('wxffffffffffffffff', '12') }), false);
});

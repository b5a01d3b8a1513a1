import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Variables } from '../server/variables.ts';
import { readWechat } from '../server/wechat-variables.ts';

const APP = { WECHAT_APPID: 'wx0123456789abcdef', WECHAT_SECRET: 'fedcba9876543210fedcba9876543210' };

/** What is wrong with this environment. */
function faultsOf(env: Record<string, string>): readonly string[] {
  const variables = new Variables(env);
  readWechat(variables);
  return variables.faults;
}

test('content is not checked unless the operator says so, and then by a WeChat that there is', () => {
  assert.deepEqual(readWechat(new Variables({})).contentCheck, { when: 'off', fail: 'open' });
  assert.deepEqual(faultsOf({ ...APP, CONTENT_CHECK: 'after' }), []);
  assert.deepEqual(faultsOf({ CONTENT_CHECK: 'after' }), [
    'CONTENT_CHECK: after needs WECHAT_APPID and WECHAT_SECRET; allowed without them: off',
  ]);
  const [fault] = faultsOf({ ...APP, CONTENT_CHECK: 'always' });
  assert.equal(fault, 'CONTENT_CHECK: "always" is not known; allowed: off, after, before, or unset (off)');
  assert.match(
    faultsOf({ ...APP, CONTENT_CHECK_FAIL: 'ajar' })[0] ?? '',
    /^CONTENT_CHECK_FAIL: .*allowed: open, closed/,
  );
});

test('templates of notices are read with their fields, in any order and with spaces', () => {
  const text =
    'mention:M_2: thing1 = room ; name2=from;phrase3="有人找你", direct:D-1:thing1=from;thing2=text;time3=time';
  const variables = new Variables({ ...APP, SUBSCRIBE_TEMPLATES: text });
  const { notices } = readWechat(variables);
  assert.deepEqual(variables.faults, []);
  assert.deepEqual(notices.templates, {
    mention: {
      id: 'M_2',
      fields: [
        { name: 'thing1', source: 'room' },
        { name: 'name2', source: 'from' },
        { name: 'phrase3', source: { always: '有人找你' } },
      ],
    },
    direct: {
      id: 'D-1',
      fields: [
        { name: 'thing1', source: 'from' },
        { name: 'thing2', source: 'text' },
        { name: 'time3', source: 'time' },
      ],
    },
  });
});

test('each fault of a template is told with what is allowed', () => {
  const faults = (SUBSCRIBE_TEMPLATES: string): readonly string[] =>
    faultsOf({ ...APP, SUBSCRIBE_TEMPLATES });
  assert.match(
    faults('group:T:thing1=from')[0]!,
    /^SUBSCRIBE_TEMPLATES: "group" is no kind of notice; allowed: direct, mention/,
  );
  for (const text of ['direct', 'direct:T', 'direct::thing1=from', 'direct:T:', 'direct:T:thing1=from:x']) {
    assert.match(
      faults(text)[0]!,
      /^SUBSCRIBE_TEMPLATES: direct is not KIND:ID:FIELDS; allowed: direct:TEMPLATE_ID:/,
    );
  }
  assert.match(
    faults('direct:T:thing1=from,direct:U:thing1=from')[0]!,
    /direct is there twice; allowed: each kind once/,
  );
  assert.match(
    faults('direct:T:amount1=from')[0]!,
    /direct: "amount1=from" is no field; allowed: NAME=SOURCE, NAME one of thing, name, time/,
  );
  assert.match(faults('direct:T:thing=from')[0]!, /"thing=from" is no field/);
  assert.match(
    faults('direct:T:thing1=color')[0]!,
    /direct: thing1 cannot be "color"; allowed: from, room, text, "the same words/,
  );
  assert.match(
    faults('direct:T:time1=text')[0]!,
    /direct: time1 cannot be "text"; allowed: time, "the same words/,
  );
  assert.deepEqual(faults('direct:T:time1=text;thing2=nobody').length, 2);
  assert.match(
    faultsOf({ SUBSCRIBE_TEMPLATES: 'direct:T:thing1=from' })[0]!,
    /needs WECHAT_APPID and WECHAT_SECRET; allowed without them: unset/,
  );
});

const PUSH = { WECHAT_PUSH_TOKEN: 'token123', PUBLIC_URL: 'https://chat.example.org/base/' };
const KEY = 'x'.repeat(43);

test('the message push and the public address are read', () => {
  const { wechatPush, publicUrl } = readWechat(new Variables({ ...APP, ...PUSH, WECHAT_PUSH_KEY: KEY }));
  assert.deepEqual(wechatPush, { token: 'token123', key: KEY });
  assert.equal(publicUrl, 'https://chat.example.org/base');
  assert.deepEqual(readWechat(new Variables({ ...APP, ...PUSH })).wechatPush, { token: 'token123' });
});

test('faults of the message push name the variable and what is allowed, and quote no secret', () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ WECHAT_PUSH_TOKEN: 'a b' }, /^WECHAT_PUSH_TOKEN: .*allowed: 3–32 letters or digits/],
    [{ WECHAT_PUSH_KEY: 'short' }, /^WECHAT_PUSH_KEY: .*allowed: 43 letters or digits/],
    [
      { WECHAT_PUSH_TOKEN: '', WECHAT_PUSH_KEY: KEY },
      /^WECHAT_PUSH_TOKEN: is not set, but WECHAT_PUSH_KEY is/,
    ],
    [{ WECHAT_APPID: '', WECHAT_SECRET: '' }, /^WECHAT_PUSH_TOKEN: needs WECHAT_APPID/],
    [{ PUBLIC_URL: 'chat.example.org' }, /^PUBLIC_URL: is no address; allowed: https/],
    [{ PUBLIC_URL: 'https://u:p@x.org' }, /^PUBLIC_URL: /],
  ];
  for (const [env, expected] of cases) {
    const faults = faultsOf({ ...APP, ...PUSH, ...env });
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults[0]!, expected);
    assert.ok(!faults[0]!.includes('short') && !faults[0]!.includes('a b'));
  }
});

test('who fails closed must be able to have pictures checked', () => {
  const closed = { ...APP, CONTENT_CHECK: 'before', CONTENT_CHECK_FAIL: 'closed' };
  assert.deepEqual(faultsOf({ ...closed, ...PUSH }), []);
  assert.match(
    faultsOf(closed)[0]!,
    /^CONTENT_CHECK_FAIL: closed needs WECHAT_PUSH_TOKEN and PUBLIC_URL, .*allowed without: open/,
  );
});

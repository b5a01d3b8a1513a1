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

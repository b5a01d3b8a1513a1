import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compileWxs } from './wxs.ts';

it('wxs that asks for a constructor gets its name, as WeChat gives it', () => {
  assert.equal(compileWxs("x.constructor === 'Array'"), "wxsTypeOf(x) === 'Array'");
});

it('a pattern keeps its backslash', () => {
  assert.equal(compileWxs(String.raw`getRegExp('\d+', 'g')`), String.raw`getRegExp('\\d+', 'g')`);
});

it('a required file loses its extension, which is how it was added', () => {
  assert.equal(compileWxs(`require("./pad.wxs")`), `require("./pad")`);
});

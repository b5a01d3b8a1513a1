import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BUILT_INS } from '../phone/builtins/catalogue.ts';
import { BUILT_IN_TAGS, compileWxss, convertUnits, inlineImports, type Scope } from './wxss.ts';

const app: Scope = { name: 'app' };
const page: Scope = { name: 'page', path: 'pages/chat/chat' };
const component: Scope = { name: 'component', path: 'components/avatar/avatar', prefix: 'avatar' };

const oneLine = (css: string): string => css.replace(/\s+/g, ' ').trim();
const compile = (text: string, scope: Scope = app): string => oneLine(compileWxss(text, scope));

describe('wxss', () => {
  it('750rpx are the width of the phone, negative and broken ones too', () => {
    assert.equal(
      convertUnits('width: 750rpx; margin: -7.5rpx .5rpx'),
      'width: 100vw; margin: -1vw 0.06667vw',
    );
  });

  it('100vh are the height of a page between the bars', () => {
    assert.equal(convertUnits('height: 100vh'), 'height: calc(100 * var(--window-vh))');
  });

  it('a safe area is what the phone says, and the old constant() goes', () => {
    const text =
      'padding-bottom: constant(safe-area-inset-bottom); padding-bottom: env(safe-area-inset-bottom, 0px)';
    assert.equal(convertUnits(text).trim(), 'padding-bottom: var(--safe-area-inset-bottom)');
  });

  it('built-in tags are meant, not classes or words that contain them', () => {
    assert.equal(
      compile('view, .view > text.one:not(image) { } .text-view { } scroll-view { }'),
      ':where(page) wx-view, :where(page) .view > wx-text.one:not(wx-image) { }' +
        ':where(page) .text-view { }:where(page) wx-scroll-view { }',
    );
  });

  it("app.wxss reaches every page with its classes as they are, and nothing of the phone's around them", () => {
    assert.equal(
      compile('page { color: red } .one-line { color: red }'),
      'page { color: red }:where(page) .one-line { color: red }',
    );
  });

  it("a page's rules reach that page alone, and weigh no more for it", () => {
    assert.equal(
      compile('.a, button.b { } page { }', page),
      ':where([data-page="pages/chat/chat"]) .a, :where([data-page="pages/chat/chat"]) wx-button.b { }' +
        'page:where([data-page="pages/chat/chat"]) { }',
    );
  });

  it("a component's classes bear its prefix, and :host is the component", () => {
    assert.equal(
      compile(':host { } .a.b > .c-d:active { }', component),
      ':where([data-is="components/avatar/avatar"]) { }.avatar--a.avatar--b > .avatar--c-d:active { }',
    );
  });

  it('inside @media selectors are scoped, in @keyframes nothing is', () => {
    assert.equal(
      compile(
        '@media (min-width: 10px) { .a { } } @keyframes turn { from { top: 0 } 50.5% { } to { } }',
        component,
      ),
      '@media (min-width: 10px) {.avatar--a { } } @keyframes turn { from { top: 0 } 50.5% { } to { } }',
    );
  });

  it('what stands in strings and urls is left alone, braces and all', () => {
    const text = `.a::after { content: '.b { 10rpx }'; background: url(a.b/100vh.png) }`;
    assert.equal(
      compile(text, component),
      `.avatar--a::after { content: '.b { 10rpx }'; background: url(a.b/100vh.png) }`,
    );
  });

  it('comments go, whatever they hold', () => {
    assert.equal(compile('/* .x { */ .a { }', component), '.avatar--a { }');
  });

  it('an import is put in its place once, from beside its file or from the root', () => {
    const files: Record<string, string> = {
      'pages/a/a.wxss': '@import "./b.wxss"; @import "/c.wxss"; .a{}',
      'pages/a/b.wxss': '@import "../../c.wxss"; .b{}',
      'c.wxss': '.c{}',
    };
    assert.equal(oneLine(inlineImports('pages/a/a.wxss', (file) => files[file] ?? '')), '.c{} .b{} .a{}');
  });

  it('knows the tags of exactly those built-ins that the phone has', () => {
    assert.deepEqual([...BUILT_IN_TAGS].sort(), Object.keys(BUILT_INS).sort());
  });
});

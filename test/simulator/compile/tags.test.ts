import assert from 'node:assert/strict';
import { it } from 'node:test';
import { unknownParts } from './tags.ts';

const unknown = (wxml: string): string[] => unknownParts(wxml, new Set(['avatar']));

it('a tag that is neither built in nor a component is named, once', () => {
  assert.deepEqual(unknown('<view><map /><map></map><avatar size="a" /></view>'), ['<map>']);
});

it('an attribute that a built-in does not have is named with its tag', () => {
  assert.deepEqual(unknown('<scroll-view\n  scroll-y\n  refresher-enabled="{{a > b}}"\n/>'), [
    '<scroll-view refresher-enabled>',
  ]);
});

it('what any element may bear is known, and what a component takes is its own affair', () => {
  const wxml = `<view id="a" class="b {{c ? 'd' : "e"}}" style="" hidden wx:if="{{x}}" data-key="k"
    aria-label="l" bindtap="t" bind:tap="t" catch:tap="t" capture-bind:tap="t" mut-bind:tap="t" mark:m="n" />
    <input model:value="{{v}}" placeholder-class="p" /><avatar whatever="1" />`;
  assert.deepEqual(unknown(wxml), []);
});

it('comments and wxs hold no tags', () => {
  assert.deepEqual(unknown('<!-- <map /> --><wxs module="m">var a = "<map>";</wxs><text>1 < 2</text>'), []);
});

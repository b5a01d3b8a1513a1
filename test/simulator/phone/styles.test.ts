import assert from 'node:assert/strict';
import { it } from 'node:test';
import { themed, createManifest } from '../compile/manifest.ts';
import { answerTheme } from './styles.ts';

it("what a style asks of the theme is answered by the phone's own, whatever the browser's is", () => {
  const css = '@media (prefers-color-scheme: dark) and (min-width: 1px) { }';
  assert.equal(answerTheme(css, 'dark'), '@media (min-width: 0px) and (min-width: 1px) { }');
  assert.equal(answerTheme(css, 'light'), '@media (max-width: 0px) and (min-width: 1px) { }');
});

it("a colour of theme.json is the theme's, and the light one in an app that has no dark mode", () => {
  const themes = { light: { bar: '#eee' }, dark: { bar: '#111' } };
  const dark = createManifest({ darkmode: true }, themes);
  assert.deepEqual([themed(dark, 'dark', '@bar'), themed(dark, 'light', '@bar')], ['#111', '#eee']);
  assert.equal(themed(createManifest({}, themes), 'dark', '@bar'), '#eee');
  assert.equal(themed(dark, 'dark', '#abc'), '#abc');
});

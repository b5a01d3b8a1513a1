/**
 * Whether people can read it: every text colour on every ground that it stands on, in both themes, by the formula of
 * WCAG 2.2 (1.4.3, level AA). The colours are read out of app.wxss, theme.json and avatar.wxss as they are.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

type Colours = Record<string, string>;

const root = fileURLToPath(new URL('../../miniprogram/', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const AA = 4.5;
const GROUNDS = ['surface', 'surface-raised', 'surface-sunk'];
/** Text, and what it stands on. */
const PAIRS: [text: string, grounds: string[]][] = [
  ['text', [...GROUNDS, 'surface-pressed', 'bubble-theirs']],
  ['text-soft', GROUNDS],
  ['accent-text', ['surface', 'surface-raised']],
  ['link', [...GROUNDS, 'bubble-theirs']],
  ['danger', ['surface', 'surface-raised']],
  ['warn-text', ['warn-surface']],
  ['on-accent', ['accent']],
  ['on-badge', ['badge']],
  ['bubble-mine-text', ['bubble-mine']],
];

const [light = '', dark = ''] = read('app.wxss').split('@media (prefers-color-scheme: dark)');
const themes: Record<string, Colours> = { light: variables(light), dark: variables(dark) };
const bars = JSON.parse(read('theme.json')) as Record<string, Colours>;

for (const [theme, colours] of Object.entries(themes)) {
  test(`every text can be read on its ground, ${theme}`, () => {
    for (const [text, grounds] of PAIRS) {
      for (const ground of grounds) assertReadable(`${text} on ${ground}`, colours[text], colours[ground]);
    }
  });

  test(`the tabs can be read on their bar, ${theme}`, () => {
    const bar = bars[theme];
    for (const text of ['tab', 'tabSelected']) assertReadable(text, bar?.[text], bar?.['bar']);
  });
}

test('the dark theme has a colour of its own wherever the light one has', () => {
  assert.deepEqual(Object.keys(themes['dark'] ?? {}), Object.keys(themes['light'] ?? {}));
});

test('the letter of an avatar can be read on every tone', () => {
  const tones = [...read('components/avatar/avatar.wxss').matchAll(/\.tone-\d+ \{\s*background: (#\w+)/g)];
  assert.ok(tones.length > 0);
  for (const [, tone] of tones) assertReadable(`a letter on ${tone}`, '#fff', tone);
});

test('pages and components use the tokens, and no colours of their own but white on avatars', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.wxss'),
  );
  const strays = files
    .filter((path) => !path.endsWith('avatar.wxss') && path !== 'app.wxss')
    .flatMap((path) =>
      (read(path).match(/(?<![\w-])(#[0-9a-f]{3,8}|rgb\([^)]*\))(?=[;\s,])/gi) ?? []).map(
        (c) => `${path}: ${c}`,
      ),
    );
  assert.deepEqual(strays, []);
});

function assertReadable(what: string, text: string | undefined, ground: string | undefined): void {
  assert.ok(text !== undefined && ground !== undefined, `${what}: a colour is missing`);
  const ratio = contrast(text, ground);
  assert.ok(ratio >= AA, `${what}: ${text} on ${ground} is ${ratio.toFixed(2)} : 1`);
}

/** 1 … 21. */
function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const digits = hex.slice(1);
  const wide = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(wide.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** `--name: #colour;`, without the dashes. */
function variables(css: string): Colours {
  return Object.fromEntries(
    [...css.matchAll(/--([\w-]+): (#\w+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

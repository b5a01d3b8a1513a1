/** What every page has to have, and nothing in a page says by itself. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface AppJson {
  pages: string[];
  tabBar: { list: { pagePath: string; iconPath: string; selectedIconPath: string }[] };
}

const root = fileURLToPath(new URL('../../miniprogram/', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const app = JSON.parse(read('app.json')) as AppJson;

test('letters of every page follow the size that is set in WeChat', () => {
  const without = app.pages.filter(
    (page) =>
      !read(`${page}.wxml`).startsWith('<page-meta root-font-size="system" page-font-size="system" />'),
  );
  assert.deepEqual(without, []);
});

test('every tab has its images in both themes', () => {
  const themes = JSON.parse(read('theme.json')) as Record<string, Record<string, string>>;
  for (const { iconPath, selectedIconPath } of app.tabBar.list) {
    for (const [theme, values] of Object.entries(themes)) {
      for (const variable of [iconPath, selectedIconPath]) {
        const path = values[variable.slice(1)] ?? '';
        assert.ok(
          path !== '' && existsSync(join(root, path)),
          `${theme}: ${variable} is ${path || 'missing'}`,
        );
      }
    }
  }
});

test('whatever takes a tap says what it is to who does not see it', () => {
  const strays = app.pages.flatMap((page) =>
    tags(read(`${page}.wxml`))
      .filter(
        (tag) => /^<view\b/.test(tag) && /\s(bind|catch)(:)?tap=/.test(tag) && !/\saria-role=/.test(tag),
      )
      .map((tag) => `${page}: ${tag.replace(/\s+/g, ' ')}`),
  );
  assert.deepEqual(strays, []);
});

function tags(wxml: string): string[] {
  return wxml.match(/<(?:"[^"]*"|[^">])*>/g) ?? [];
}

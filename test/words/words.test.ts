/**
 * The two vocabularies against each other and against who uses them. That no key is missing the compiler sees to
 * (`satisfies`); here it is that none is empty, left over, or asked for and not there, and that no words stand elsewhere.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fullTime, listTime } from '../../miniprogram/format.ts';
import { en } from '../../miniprogram/words/en.ts';
import { speak, words } from '../../miniprogram/words/language.ts';
import { namesFor, noticeWords, recallWords, typingWords } from '../../miniprogram/words/sentences.ts';
import { zh } from '../../miniprogram/words/zh.ts';

type Vocabulary = Record<string, Record<string, unknown>>;

const root = fileURLToPath(new URL('../../miniprogram/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|wxml|wxss|json)$/.test(path) && !path.includes('node_modules'))
  .map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }));
const users = files.filter(({ path }) => !/^words\/(zh|en)\.ts$/.test(path));
const HAN = /\p{Script=Han}/u;

afterEach(() => speak('zh_CN'));

test('both languages have the same words', () => {
  const keys = (vocabulary: Vocabulary) =>
    Object.entries(vocabulary).flatMap(([section, entries]) =>
      Object.keys(entries).map((key) => `${section}.${key}`),
    );
  assert.deepEqual(keys(en).toSorted(), keys(zh).toSorted());
});

test('no word is empty, and none is in the wrong language', () => {
  for (const [section, entries] of Object.entries(en as Vocabulary)) {
    for (const [key, value] of Object.entries(entries)) {
      const english = String(value);
      assert.ok(english.length > 0, `en: ${section}.${key} is empty`);
      assert.ok(!HAN.test(english), `en: ${section}.${key} is Chinese`);
    }
  }
  for (const [section, entries] of Object.entries(zh as Vocabulary)) {
    for (const [key, value] of Object.entries(entries)) {
      assert.notEqual(value, '', `zh: ${section}.${key} is empty`);
    }
  }
});

test('no Chinese words stand outside words/zh.ts, but for the tab bar before the app has started', () => {
  const strays = users
    // The letters of the alphabet, so to speak.
    .filter(({ path }) => path !== 'app.json' && path !== 'directory.ts')
    .filter(({ path, source }) => HAN.test(path.endsWith('.ts') ? withoutComments(source) : source))
    .map(({ path }) => path);
  assert.deepEqual(strays, []);
});

test('no letters of any language stand as a text or a label in wxml', () => {
  const strays = users
    .filter(({ path }) => path.endsWith('.wxml'))
    .flatMap(({ path, source }) => plainTexts(source).map((text) => `${path}: ${text}`));
  assert.deepEqual(strays, []);
});

test('every word is used', () => {
  const left = Object.entries(zh as Vocabulary).flatMap(([section, entries]) =>
    Object.keys(entries)
      .filter((key) => !isUsed(section, key))
      .map((key) => `${section}.${key}`),
  );
  assert.deepEqual(left, []);
});

test('what a page asks of its words is a plain text that is there', () => {
  const faults: string[] = [];
  for (const { path, source } of users.filter(({ path }) => path.endsWith('.wxml'))) {
    const script = users.find((file) => file.path === path.replace(/wxml$/, 'ts'))?.source ?? '';
    const section = /\bt: words\.(\w+)/.exec(script)?.[1] ?? '';
    for (const [, key = ''] of source.matchAll(/\bt\.(\w+)/g)) {
      if (typeof (zh as Vocabulary)[section]?.[key] !== 'string') faults.push(`${path}: t.${key}`);
    }
  }
  assert.deepEqual(faults, []);
});

for (const [language, spoken] of [
  ['zh_CN', '消息'],
  ['zh_TW', '消息'],
  ['en', 'Chats'],
  ['en_GB', 'Chats'],
  ['ja', 'Chats'],
  ['', 'Chats'],
]) {
  test(`a phone that speaks "${language}" calls the list of rooms ${spoken}`, () => {
    speak(language ?? '');
    assert.equal(words.rooms.title, spoken);
  });
}

test('English counts one and many', () => {
  speak('en');
  assert.equal(words.rooms.members(1), '1 member');
  assert.equal(words.rooms.members(2), '2 members');
  assert.equal(words.bar.connecting(1), 'Connecting, 1 message waiting');
});

test('English dates and times read as such', () => {
  speak('en');
  const now = new Date(2026, 10, 24, 14, 30).getTime();
  assert.equal(listTime(new Date(2026, 10, 23, 9, 5).getTime(), now), 'Yesterday');
  assert.equal(fullTime(new Date(2026, 10, 20, 9, 5).getTime(), now), 'Friday 09:05');
  assert.equal(listTime(new Date(2026, 2, 7).getTime(), now), 'Mar 7');
  assert.equal(listTime(new Date(2025, 2, 7).getTime(), now), 'Mar 7, 2025');
});

test('English says "you" as a sentence wants it', () => {
  speak('en');
  const nameOf = namesFor({ u2: { id: 'u2', name: 'Ann' }, u3: { id: 'u3', name: 'Bo' } }, 'u1');
  const notice = (from: string, body: Record<string, unknown>) => noticeWords({ from, body }, nameOf, 0);
  assert.equal(notice('u1', { action: 'created', users: [] }), 'You created the chat');
  assert.equal(notice('u2', { action: 'removed', user: 'u1' }), 'Ann removed you from the chat');
  assert.equal(notice('u2', { action: 'unmuted', user: 'u1' }), 'You are no longer muted');
  assert.equal(notice('u2', { action: 'unmuted', user: 'u3' }), 'Bo is no longer muted');
  assert.equal(notice('u2', { action: 'invited', users: ['u1', 'u3'] }), 'Ann added you and Bo to the chat');
  assert.equal(recallWords('u2', 'u1', nameOf), 'Ann recalled a message from you');
  assert.equal(typingWords(['u2', 'u3'], nameOf), 'Ann and Bo typing…');
});

/** `words.section.key`; or the section is handed on whole, or looked into by a name, where the key is named. */
function isUsed(section: string, key: string): boolean {
  const direct = new RegExp(`\\bwords\\.${section}\\.${key}\\b`);
  const lookup = new RegExp(
    `\\bwords\\.${section}\\[|: Record<\\w+, string.*> = words\\.${section}\\b|words\\.${section} as`,
  );
  const whole = new RegExp(`\\bwords\\.${section}\\b(?!\\.)|\\{[^}]*\\b${section}\\b[^}]*\\} = words\\b`);
  const named = new RegExp(`[.{,]\\s*${key}\\b`);
  return users.some(({ path, source }) => {
    if (direct.test(source) || lookup.test(source)) return true;
    if (!whole.test(source)) return false;
    const beside = users.filter(
      (file) => file.path === path || (file.path.endsWith('.wxml') && dirname(file.path) === dirname(path)),
    );
    return beside.some((file) => named.test(file.source));
  });
}

function withoutComments(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\s\/\/ .*$/gm, '');
}

/** What stands between tags, and in the attributes that are read, apart from `{{…}}`. */
function plainTexts(wxml: string): string[] {
  const bare = wxml.replace(/<!--[\s\S]*?-->/g, '').replace(/\{\{[\s\S]*?\}\}/g, '');
  const labels = [...bare.matchAll(/\s(?:aria-label|placeholder|title)="([^"]*)"/g)].map(
    ([, label = '']) => label,
  );
  const texts = bare.replace(/<(?:"[^"]*"|[^">])*>/g, '\n').split('\n');
  return [...labels, ...texts].map((text) => text.trim()).filter((text) => /\p{L}/u.test(text));
}

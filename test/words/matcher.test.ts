/** What the word list finds, however it is spelt, and what it leaves alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WordAction } from '../../server/domain/ports.ts';
import { foldText } from '../../server/words/fold.ts';
import { Matcher } from '../../server/words/matcher.ts';

const rule = (word: string, action: WordAction = 'block') => ({ word, action, by: 'mod', ts: 0 });
const found = (words: string[], text: string): string[] =>
  new Matcher(words.map((word) => rule(word))).find(text).map(({ word }) => word);

const ALIKE: Record<string, [word: string, text: string]> = {
  width: ['abc', 'ＡＢＣ'],
  case: ['AbC', 'aBc'],
  'traditional and simplified': ['龙门赌场', '龍門賭場'],
  'simplified and traditional': ['賭場', '赌场'],
  accents: ['cafe', 'café'],
  'accents of their own': ['cafe', 'cafe\u0301'],
  'spaces and punctuation': ['加微信', '加 微—信'],
  'zero-width signs': ['加微信', '加\u200b微\u200d信\u2060'],
  emoji: ['加微信', '加💰微💰信'],
  'circled digits': ['123', '①②③'],
  'black circled digits': ['123', '❶❷❸'],
  'Chinese digits': ['123', '一二三'],
  'financial digits': ['123', '壹贰叁'],
  'traditional financial digits': ['123', '壹貳參'.replace('參', '叁')],
  'digits of other scripts': ['123', '١٢٣'],
  'mathematical digits': ['2024', '𝟚𝟘𝟚𝟜'],
  'letters that look like digits': ['10086', 'lOO86'],
  'separators between letters': ['spam', 's.p-a_m'],
};
for (const [what, [word, text]] of Object.entries(ALIKE)) {
  test(`a word is found in spite of ${what}`, () => assert.deepEqual(found([word], text), [word]));
}

test('a word of Latin letters is found as a whole word only', () => {
  for (const text of ['class', 'has sold', 'assume', 'mass', 'ассass']) {
    assert.deepEqual(found(['ass'], text), [], text);
  }
  for (const text of ['ass', 'an ass!', 'ass，', '你ass', 'a.s.s']) {
    assert.deepEqual(found(['ass'], text), ['ass'], text);
  }
});

test('a Chinese word is found wherever it stands, and all words of a text are', () => {
  assert.deepEqual(found(['赌场', '微信'], '来赌场加微信'), ['赌场', '微信']);
  assert.deepEqual(found(['赌', '赌场'], '赌场').toSorted(), ['赌', '赌场']);
  assert.deepEqual(found(['赌场'], '赌 博 场'), []);
});

test('a match names its place in the original', () => {
  const [match] = new Matcher([rule('微信')]).find('加😀微\u200b信吧');
  assert.deepEqual([match?.start, match?.end], [3, 6]);
});

test('masking hides the characters that matched and leaves all others as they are', () => {
  const matcher = new Matcher([rule('赌场', 'mask'), rule('spam', 'mask')]);
  assert.equal(matcher.screen('去赌 場，s.p.a.m!').text, '去＊ ＊，＊.＊.＊.＊!');
  assert.equal(matcher.screen('好茶 👍').text, '好茶 👍');
  assert.deepEqual(matcher.screen('𝟙𝟘').text, '𝟙𝟘');
});

test('a text is blocked if any word of it is, else flagged if any is, and masked besides', () => {
  const matcher = new Matcher([rule('甲', 'block'), rule('乙', 'mask'), rule('丙', 'flag')]);
  const screened = (text: string) => {
    const { action, text: kept } = matcher.screen(text);
    return [action, kept];
  };
  assert.deepEqual(screened('甲乙丙'), ['block', '甲乙丙']);
  assert.deepEqual(screened('乙丙'), ['flag', '＊丙']);
  assert.deepEqual(screened('乙'), ['pass', '＊']);
  assert.deepEqual(screened('丁'), ['pass', '丁']);
});

test('of two spellings of one word the stricter action counts', () => {
  const matcher = new Matcher([rule('赌场', 'flag'), rule('賭場', 'block'), rule('赌 场', 'mask')]);
  assert.equal(matcher.screen('赌场').action, 'block');
});

test('a word of which nothing is left matches nothing, and so does an empty list', () => {
  assert.equal(foldText('…!? 👍'), '');
  assert.deepEqual(found(['…'], '…'), []);
  assert.deepEqual(new Matcher([]).screen('x'), { action: 'pass', text: 'x', matches: [] });
});

test('half a surrogate pair and the strangest signs do no harm', () => {
  assert.equal(foldText('a\ud800b'), 'ab');
  assert.doesNotThrow(() =>
    foldText(Array.from({ length: 0x3000 }, (_, i) => String.fromCharCode(i)).join('')),
  );
});

test('a character that folds to many, or to a longer one, moves nothing that comes after it', () => {
  const many = '\uFDFA'.repeat(40);
  assert.equal(
    new Matcher([rule('微信', 'mask')]).screen(`${many}加微信${many}`).text,
    `${many}加＊＊${many}`,
  );
});

test('words that begin, hold and end each other are all found, as by looking for each alone', () => {
  const signs = ['茶', '水', '火', 'a'];
  const draw = (seed: number, length: number): string =>
    Array.from({ length }, (_, i) => signs[((seed * 7_919 + i * i * 31 + i * seed) >>> 2) % 4]).join('');
  const words = [...new Set(Array.from({ length: 60 }, (_, i) => draw(i + 1, 1 + (i % 5))))].filter(
    (word) => !/^a+$/.test(word),
  );
  const matcher = new Matcher(words.map((word) => rule(word, 'flag')));
  for (let n = 0; n < 50; n += 1) {
    const text = draw(n + 1_000, 80);
    const alone = words.flatMap((word) =>
      Array.from(text, (_, at) => ({ word, start: at })).filter(({ start }) => text.startsWith(word, start)),
    );
    const key = (one: { word: string; start: number }): string => `${one.start} ${one.word}`;
    assert.deepEqual(matcher.find(text).map(key).sort(), alone.map(key).sort());
  }
});

/** What the word list finds, however it is spelt, and what it leaves alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WordAction } from '../../server/domain/ports.ts';
import { fold } from '../../server/words/fold.ts';
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
  assert.equal(fold('…!? 👍').text, '');
  assert.deepEqual(found(['…'], '…'), []);
  assert.deepEqual(new Matcher([]).screen('x'), { action: 'pass', text: 'x', matches: [] });
});

test('half a surrogate pair and the strangest signs do no harm', () => {
  assert.equal(fold('a\ud800b').text, 'ab');
  assert.doesNotThrow(() => fold(Array.from({ length: 0x3000 }, (_, i) => String.fromCharCode(i)).join('')));
});

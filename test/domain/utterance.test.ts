import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapWords, wordsIn, type Utterance } from '../../server/domain/utterance.ts';

const shout = (text: string): string => text.toUpperCase();

/** An utterance, the words in it, and the same shouted. */
const CASES: [Utterance, string[], object][] = [
  [{ kind: 'text', body: { text: 'tea' } }, ['tea'], { text: 'TEA' }],
  [
    { kind: 'location', body: { lat: 1, lng: 2, name: 'house', address: 'lane' } },
    ['house', 'lane'],
    { lat: 1, lng: 2, name: 'HOUSE', address: 'LANE' },
  ],
  [{ kind: 'card', body: { title: 'menu', path: 'pages/a' } }, ['menu'], { title: 'MENU', path: 'pages/a' }],
  [
    { kind: 'file', body: { file: 'f', name: 'list', size: 1 } },
    ['list'],
    { file: 'f', name: 'LIST', size: 1 },
  ],
  [{ kind: 'video', body: { file: 'f', size: 1 } }, [], { file: 'f', size: 1 }],
  [{ kind: 'image', body: { file: 'f', w: 1, h: 1, size: 1 } }, [], { file: 'f', w: 1, h: 1, size: 1 }],
  [
    { kind: 'custom', body: { type: 'poll', data: { q: 'green', n: 1, of: ['red', null, { x: 'black' }] } } },
    ['green', 'red', 'black'],
    { type: 'poll', data: { q: 'GREEN', n: 1, of: ['RED', null, { x: 'BLACK' }] } },
  ],
];

for (const [utterance, words, shouted] of CASES) {
  test(`the words of a ${utterance.kind} are found and changed, all else stays`, () => {
    assert.deepEqual(wordsIn(utterance), words);
    assert.deepEqual(mapWords(utterance, shout), { kind: utterance.kind, body: shouted });
  });
}

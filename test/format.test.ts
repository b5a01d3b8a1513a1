import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  badge,
  countCharacters,
  fullTime,
  initial,
  isBlank,
  isolate,
  isSameDay,
  listTime,
  pictureSource,
  tone,
  TONES,
} from '../miniprogram/format.ts';

/** Tuesday, 24 November 2026, by the phone's clock wherever it is. */
const now = new Date(2026, 10, 24, 14, 30).getTime();
const at = (...date: [year: number, month: number, day: number, hour: number, minute: number]) =>
  new Date(date[0], date[1] - 1, ...([date[2], date[3], date[4]] as const)).getTime();

const times: [situation: string, ts: number, inList: string, inFull: string][] = [
  ['earlier today', at(2026, 11, 24, 9, 5), '09:05', '09:05'],
  ['the first minute of today', at(2026, 11, 24, 0, 0), '00:00', '00:00'],
  ['the last minute of yesterday', at(2026, 11, 23, 23, 59), '昨天', '昨天 23:59'],
  ['six days ago', at(2026, 11, 18, 8, 0), '星期三', '星期三 08:00'],
  ['a week ago', at(2026, 11, 17, 8, 0), '11月17日', '11月17日 08:00'],
  ['the first day of the year', at(2026, 1, 1, 8, 0), '1月1日', '1月1日 08:00'],
  ['last year', at(2025, 12, 31, 8, 0), '2025/12/31', '2025/12/31 08:00'],
  ['later than the phone believes, today', at(2026, 11, 24, 15, 0), '15:00', '15:00'],
  ['tomorrow, by a phone that is late', at(2026, 11, 25, 1, 0), '11月25日', '11月25日 01:00'],
];
for (const [situation, ts, inList, inFull] of times) {
  test(`the time of ${situation} reads ${inFull}`, () => {
    assert.equal(listTime(ts, now), inList);
    assert.equal(fullTime(ts, now), inFull);
  });
}

test('a minute apart over midnight is another day', () => {
  assert.ok(isSameDay(at(2026, 11, 24, 0, 0), at(2026, 11, 24, 23, 59)));
  assert.ok(!isSameDay(at(2026, 11, 23, 23, 59), at(2026, 11, 24, 0, 0)));
});

test('a badge is empty at nothing and stops at 99', () => {
  assert.deepEqual([-1, 0, 1, 99, 100].map(badge), ['', '', '1', '99', '99+']);
});

test('a text is counted as the server counts it: an emoji is one', () => {
  assert.equal(countCharacters('茶话👍'), 3);
  assert.equal('茶话👍'.length, 4);
});

test('the letter of a name is its first visible character', () => {
  assert.equal(initial('小明'), '小');
  assert.equal(initial('alice'), 'A');
  assert.equal(initial('\u200b\u202e \u2066bob'), 'B');
  assert.equal(initial('👍好'), '👍');
});

test('a name of nothing visible has no letter and is blank', () => {
  for (const name of ['', '  \n', '\u200b\ufeff', '\u3164', '\ufe0f']) {
    assert.equal(initial(name), '');
    assert.ok(isBlank(name), JSON.stringify(name));
  }
});

test('a tone is the same for the same id and one of those that are painted', () => {
  const tones = Array.from({ length: 200 }, (_, i) => tone(`user-${i}`));
  assert.equal(tone('user-7'), tones[7]);
  assert.ok(tones.every((each) => Number.isInteger(each) && each >= 0 && each < TONES));
  assert.equal(new Set(tones).size, TONES);
});

test('a name cannot turn the sentence that it stands in', () => {
  assert.equal(isolate('小明'), '小明');
  assert.equal(isolate('a\u202eb\u2069c'), 'abc');
  assert.equal(isolate('שלום'), '\u2068שלום\u2069');
  assert.equal(isolate('\u2069\u202eשלום'), '\u2068שלום\u2069');
});

test('an image loads from the web, the phone and the package, and from nowhere else', () => {
  for (const source of ['https://a.test/1.png', 'wxfile://tmp_1.png', 'http://tmp/1.png', '/images/a.png']) {
    assert.equal(pictureSource(source), source);
  }
  for (const source of ['', 'javascript:alert(1)', 'http://a.test/1.png', 'data:image/svg+xml,x', 'f_12']) {
    assert.equal(pictureSource(source), '');
  }
  assert.equal(pictureSource(undefined), '');
});

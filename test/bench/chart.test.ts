import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barChart } from './chart.ts';

const spread = (median: number, min = median, max = median) => ({ median, min, max });

test('a bar is as long as its median is of the largest figure, and its line spans the rounds', () => {
  const svg = barChart(
    'speed',
    [
      { label: 'ours', spread: spread(100), tone: 'ours' },
      { label: 'theirs', spread: spread(50, 25, 75), tone: 'peer' },
    ],
    String,
  );
  const [whole, half] = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  assert.equal(half! * 2, whole);
  const [, range] = [...svg.matchAll(/d="M([\d.]+) [\d.]+H([\d.]+)"/g)];
  assert.equal(Number(range![2]) - Number(range![1]), half);
});

test('names are text, whatever is in them, and a chart of nothing is still one', () => {
  const svg = barChart('a < b & "c"', [{ label: '<x>', spread: spread(0), tone: 'peer' }], String);
  assert.ok(svg.includes('a &lt; b &amp; &quot;c&quot;'));
  assert.ok(svg.includes('&lt;x>') && !svg.includes('<x>'));
  assert.ok(!svg.includes('NaN') && !svg.includes('Infinity'));
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Meter, MOST_NOTES } from './meter.ts';

it('frames are counted in bytes and named by their op, a reply by what it answers', () => {
  const meter = new Meter();
  meter.sent('{"id":1,"op":"message.send","body":{"text":"茶"}}');
  meter.received('{"id":1,"ok":true,"body":{}}');
  meter.received('{"op":"entries","body":{}}');
  meter.received('no json');
  assert.deepEqual(
    meter.frames.map(({ direction, name }) => `${direction} ${name}`),
    ['out message.send', 'in re: message.send', 'in entries', 'in ?'],
  );
  assert.equal(meter.traffic.bytesOut, 50);
  assert.equal(meter.traffic.framesIn, 3);
});

it('no word of a message is kept', () => {
  const meter = new Meter();
  meter.sent('{"id":1,"op":"message.send","body":{"text":"secret"}}');
  assert.doesNotMatch(JSON.stringify(meter), /secret/);
});

it('the oldest frames go, the counts stay', () => {
  const meter = new Meter();
  for (let n = 0; n < MOST_NOTES + 5; n += 1) meter.received('{"op":"typing"}');
  assert.deepEqual([meter.frames.length, meter.traffic.framesIn], [MOST_NOTES, MOST_NOTES + 5]);
});

it('setData is measured as WeChat sends it: as JSON', () => {
  const meter = new Meter();
  meter.setData({ a: 1 });
  meter.setData({ 'rows[3].text': '茶话', gone: undefined });
  assert.deepEqual(
    [meter.traffic.setDataCalls, meter.traffic.setDataBytes, meter.traffic.largestSetData],
    [2, 32, 25],
  );
});

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { createMetrics } from '../server/metrics.ts';
import type { Metrics } from '../server/metrics.ts';

let metrics: Metrics;

beforeEach(() => {
  metrics = createMetrics();
});

/** The lines of one metric, without help and type. */
async function linesOf(name: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

test('sockets are counted while they are open and, by close code, when they end', async () => {
  for (let n = 0; n < 3; n += 1) metrics.socketOpened();
  metrics.socketClosed(4409);
  metrics.socketClosed(1006);
  assert.deepEqual(await linesOf('chahua_sockets '), ['chahua_sockets 1']);
  assert.deepEqual(await linesOf('chahua_sockets_closed_total'), [
    'chahua_sockets_closed_total{code="4409"} 1',
    'chahua_sockets_closed_total{code="1006"} 1',
  ]);
});

test('close codes that clients make up share one series', async () => {
  for (let code = 3000; code < 4000; code += 1) metrics.socketClosed(code);
  assert.deepEqual(await linesOf('chahua_sockets_closed_total'), [
    'chahua_sockets_closed_total{code="other"} 1000',
  ]);
});

test('frames and their bytes are counted by direction', async () => {
  metrics.frameIn(10);
  metrics.frameIn(5);
  metrics.frameOut(7);
  assert.deepEqual(await linesOf('chahua_frame'), [
    'chahua_frames_total{direction="in"} 2',
    'chahua_frames_total{direction="out"} 1',
    'chahua_frame_bytes_total{direction="in"} 15',
    'chahua_frame_bytes_total{direction="out"} 7',
  ]);
});

test('requests are counted by op and outcome, in seconds', async () => {
  metrics.request({ op: 'message.send', outcome: 'ok', ms: 3 });
  metrics.request({ op: 'message.send', outcome: 'ok', ms: 500 });
  metrics.request({ op: 'unknown', outcome: 'BAD_REQUEST', ms: 0 });
  const text = await metrics.text();
  assert.match(text, /chahua_request_seconds_count\{op="message\.send",outcome="ok"\} 2/);
  assert.match(text, /chahua_request_seconds_sum\{op="message\.send",outcome="ok"\} 0\.503/);
  assert.match(text, /chahua_request_seconds_bucket\{le="0\.005",op="message\.send",outcome="ok"\} 1/);
  assert.match(text, /chahua_request_seconds_count\{op="unknown",outcome="BAD_REQUEST"\} 1/);
});

test('a batch counts by its size and its time', async () => {
  metrics.appended({ entries: 32, ms: 2 });
  const text = await metrics.text();
  assert.match(text, /chahua_append_entries_sum 32/);
  assert.match(text, /chahua_append_entries_bucket\{le="20"\} 0/);
  assert.match(text, /chahua_append_entries_bucket\{le="50"\} 1/);
  assert.match(text, /chahua_append_seconds_sum 0\.002/);
});

test('deliveries add up', async () => {
  metrics.delivered(500);
  metrics.delivered(2);
  assert.deepEqual(await linesOf('chahua_deliveries_total'), ['chahua_deliveries_total 502']);
});

test('the figures of other processes are added to one’s own; up is the least of them', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  for (const { socketOpened } of [one, two, two]) socketOpened();
  one.watchBus(() => true);
  two.watchBus(() => false);
  const text = await one.text([await two.figures()]);
  assert.match(text, /^chahua_sockets 3$/m);
  assert.match(text, /^chahua_bus_up 0$/m);
});

test('the length of the queue is read when the figures are', async () => {
  let length = 3;
  metrics.watchStoreQueue(() => length);
  assert.deepEqual(await linesOf('chahua_store_queue'), ['chahua_store_queue 3']);
  length = 0;
  assert.deepEqual(await linesOf('chahua_store_queue'), ['chahua_store_queue 0']);
});

test('two servers in one process count for themselves; those of the process are there too', async () => {
  const other = createMetrics();
  other.socketOpened();
  assert.deepEqual(await linesOf('chahua_sockets '), ['chahua_sockets 0']);
  assert.match(await metrics.text(), /^process_cpu_seconds_total /m);
  assert.match(metrics.contentType, /^text\/plain; version=0\.0\.4/);
});

test('verdicts of the content check and subscribe messages are counted by what came of them', async () => {
  metrics.verdict('text', 'pass');
  metrics.verdict('text', 'pass');
  metrics.verdict('file', 'risky');
  metrics.notice('direct', 'sent');
  assert.deepEqual(await linesOf('chahua_content_verdicts_total'), [
    'chahua_content_verdicts_total{of="text",verdict="pass"} 2',
    'chahua_content_verdicts_total{of="file",verdict="risky"} 1',
  ]);
  assert.deepEqual(await linesOf('chahua_notices_total'), [
    'chahua_notices_total{kind="direct",outcome="sent"} 1',
  ]);
});

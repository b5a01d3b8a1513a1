/**
 * What the server counts, for Prometheus. Owns the registry, the names and the labels; the rest of the server is
 * handed the methods and knows nothing of prom-client. Every label takes its values from a closed list, so that no
 * client can make the number of series grow. What is counted for every message is a plain number until it is asked for.
 */
import { AggregatorRegistry, Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { CloseCode } from '../miniprogram/protocol/errors.ts';
import type { ErrorCode } from '../miniprogram/protocol/errors.ts';
import type { Refused } from './commands/households.ts';
import type { Op } from '../miniprogram/protocol/frames.ts';
import type { NoticeKind, Notifier, Verdict } from './domain/ports.ts';
import { Tally } from './tally.ts';

export type NoticeOutcome = Awaited<ReturnType<Notifier['notify']>>;

export interface Metrics {
  socketOpened(): void;
  /** `closeCode`: as sent or received. */
  socketClosed(closeCode: number): void;
  /** A handshake or a login that was refused before anybody was known: by its page, or by what its address has. */
  turnedAway(why: Refused | 'origin'): void;
  frameIn(bytes: number): void;
  frameOut(bytes: number): void;
  /** `op` of a frame that names no op we know: `unknown`. */
  request(done: { op: Op | 'unknown'; outcome: 'ok' | ErrorCode; ms: number }): void;
  /** One batch reached the disk. */
  appended(batch: { entries: number; ms: number }): void;
  /** One frame went out to so many sockets. */
  delivered(sockets: number): void;
  /** `dropped`: of no known kind, or too large. */
  busMessage(direction: 'in' | 'out' | 'dropped'): void;
  /** Rooms whose newest entries the bus had not brought. */
  healed(rooms: number): void;
  /** Somebody outside judged what people wrote or showed. */
  verdict(of: 'text' | 'file', verdict: Verdict['name']): void;
  /** Somebody who was away was told of a message, or was to be. */
  notice(kind: NoticeKind, outcome: NoticeOutcome): void;
  /** Entries that were deleted for their age. */
  trimmed(entries: number): void;
  /** Read when the figures are asked for: whether other nodes can be reached. */
  watchBus(isUp: () => boolean): void;
  /** Read when the figures are asked for: calls that wait for the store. */
  watchStoreQueue(length: () => number): void;
  /** This process's, for another that adds them up. */
  figures(): Promise<object[]>;
  /** As Prometheus reads it, in the format that `contentType` names. `others`: figures of other processes, added. */
  text(others?: object[][]): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const sockets = new Gauge({ name: 'chahua_sockets', help: 'Open sockets', registers });
  const closed = new Counter({
    name: 'chahua_sockets_closed_total',
    help: 'Sockets that ended, by close code',
    labelNames: ['code'],
    registers,
  });
  const turnedAway = new Counter({
    name: 'chahua_turned_away_total',
    help: 'Handshakes and logins refused: of a foreign page, or of an address that has or does too much',
    labelNames: ['why'],
    registers,
  });
  const traffic = { frames: { in: 0, out: 0 }, bytes: { in: 0, out: 0 } };
  let deliveries = 0;
  new Counter({
    name: 'chahua_frames_total',
    help: 'Frames by direction; a frame published to a topic counts once',
    labelNames: ['direction'],
    registers,
    collect() {
      setBoth(this, traffic.frames);
    },
  });
  new Counter({
    name: 'chahua_frame_bytes_total',
    help: 'Bytes of these frames',
    labelNames: ['direction'],
    registers,
    collect() {
      setBoth(this, traffic.bytes);
    },
  });
  const requests = new Tally({
    name: 'chahua_request_seconds',
    help: 'Requests from frame to reply, by op and outcome',
    labelNames: ['op', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10],
  });
  const batchEntries = new Tally({
    name: 'chahua_append_entries',
    help: 'Entries in a batch',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  });
  const batchSeconds = new Tally({
    name: 'chahua_append_seconds',
    help: 'From handing a batch to the store until it is durable',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
  });
  for (const { asMetric } of [requests, batchEntries, batchSeconds]) registry.registerMetric(asMetric);
  new Counter({
    name: 'chahua_deliveries_total',
    help: 'Frames times the sockets they went to',
    registers,
    collect() {
      this.reset();
      this.inc(deliveries);
    },
  });

  const busMessages = new Counter({
    name: 'chahua_bus_messages_total',
    help: 'Messages to and from other nodes, and those that were of no known kind or too large',
    labelNames: ['direction'],
    registers,
  });
  const healed = new Counter({
    name: 'chahua_healed_rooms_total',
    help: 'Times that entries which the bus had not brought were read from the store',
    registers,
  });

  const verdicts = new Counter({
    name: 'chahua_content_verdicts_total',
    help: 'Answers of the content check, by what was judged and how; unknown: nobody judged',
    labelNames: ['of', 'verdict'],
    registers,
  });
  const notices = new Counter({
    name: 'chahua_notices_total',
    help: 'Subscribe messages to people who were away; refused: the person had no consent left',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const trimmed = new Counter({
    name: 'chahua_trimmed_entries_total',
    help: 'Entries deleted because they were older than RETAIN_DAYS',
    registers,
  });

  return {
    socketOpened: () => sockets.inc(),
    socketClosed(closeCode) {
      sockets.dec();
      closed.inc({ code: KNOWN_CODES.has(closeCode) ? String(closeCode) : 'other' });
    },
    turnedAway: (why) => turnedAway.inc({ why }),
    frameIn(size) {
      traffic.frames.in += 1;
      traffic.bytes.in += size;
    },
    frameOut(size) {
      traffic.frames.out += 1;
      traffic.bytes.out += size;
    },
    request: ({ op, outcome, ms }) => requests.observe(ms / 1_000, op, outcome),
    appended({ entries, ms }) {
      batchEntries.observe(entries);
      batchSeconds.observe(ms / 1_000);
    },
    delivered: (count) => void (deliveries += count),
    busMessage: (direction) => busMessages.inc({ direction }),
    healed: (rooms) => healed.inc(rooms),
    verdict: (of, verdict) => verdicts.inc({ of, verdict }),
    notice: (kind, outcome) => notices.inc({ kind, outcome }),
    trimmed: (entries) => trimmed.inc(entries),
    watchBus(isUp) {
      new Gauge({
        name: 'chahua_bus_up',
        help: '1 where other nodes can be reached',
        // Of several processes the one that is worst off.
        aggregator: 'min',
        registers,
        collect() {
          this.set(isUp() ? 1 : 0);
        },
      });
    },
    watchStoreQueue(length) {
      new Gauge({
        name: 'chahua_store_queue',
        help: 'Calls that wait for the store',
        registers,
        collect() {
          this.set(length());
        },
      });
    },
    figures: () => registry.getMetricsAsJSON(),
    async text(others = []) {
      if (others.length === 0) return registry.metrics();
      return AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...others]).metrics();
    },
    contentType: registry.contentType,
  };
}

function setBoth(counter: Counter<'direction'>, by: Record<'in' | 'out', number>): void {
  counter.reset();
  for (const direction of ['in', 'out'] as const) counter.inc({ direction }, by[direction]);
}

/** Ours, and those that a peer or a network ends a socket with (RFC 6455 §7.4.1). */
const KNOWN_CODES: ReadonlySet<number> = new Set([
  1000,
  1001,
  1002,
  1005,
  1006,
  1007,
  1009,
  ...Object.values(CloseCode),
]);

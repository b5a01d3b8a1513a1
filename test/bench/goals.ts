/**
 * THE list of goals, G1–G15: what we set out to reach, what peers say of themselves, and which command shows it. What
 * the benchmark measures is filled from results; what faults, fuzz and tests show is theirs to print. Pure.
 */
import type { Result } from './run.ts';
import { spreadOf } from './statistics.ts';

/** The newest result of each part, by its name. */
export type Results = ReadonlyMap<string, Result>;

interface Shown {
  ours: string;
  isMet: boolean;
  /** Of the same run. */
  peers?: string;
}

export interface Goal {
  id: string;
  goal: string;
  /** In the peers' own words or measured before; with what they stand for. */
  peer: string;
  command: string;
  /** Of a part of the benchmark; null where it was not run. */
  show?(results: Results): Shown | null;
  /** Of all other commands: what they print where the goal is met. */
  prints?: string;
}

const OURS = 'chahua';
const PEERS = ['uws', 'ws', 'socket.io', 'socket.io+csr', 'centrifugo'];

export const goals: readonly Goal[] = [
  {
    id: 'G1',
    goal: 'jitter (part J): 100.000 % delivered, none lost, doubled, reordered; replay p99 ≤ 2.5 s',
    peer: 'Socket.IO 84.55 %, uWS 87.03 %; CSR 100 % at p99 4.58 s; AnyCable 100 % at 6.14 s',
    command: 'npm run bench -- --part jitter',
    show: (results) => {
      const part = seen(results, 'jitter');
      const [lost, p99, delivered] = [
        part.faults(OURS),
        part.median(OURS, 'replayP99'),
        part.median(OURS, 'delivered'),
      ];
      return part.shown(
        `${percent(delivered)}, ${lost} lost, doubled or reordered; replay p99 ${seconds(p99)}`,
        lost === 0 && p99 <= 2_500,
        (peer) => `${percent(part.median(peer, 'delivered'))} at ${seconds(part.median(peer, 'replayP99'))}`,
      );
    },
  },
  {
    id: 'G2',
    goal: 'no acknowledged message lost in 100 × kill -9 and in the image of a power loss; each ack after its fsync',
    peer: 'NATS JetStream lost 14.1 % of acknowledged writes; Socket.IO, Phoenix keep nothing over a restart',
    command: 'npm run faults -- --only M1,M2',
    prints: 'M1 and M2 held',
  },
  {
    id: 'G3',
    goal: 'a day offline, 10,000 messages missed: all, in order, in ≤ 5 s',
    peer: 'Ably, CSR 2 min; AnyCable 100 messages or 300 s; Centrifugo 300 publications',
    command: 'npm run faults -- --only M25',
    prints: 'M25 held',
  },
  {
    id: 'G4',
    goal: '10,000 forced resends: no second copy',
    peer: 'Tinode: a resend is a new message; JetStream within 2 min; Socket.IO: no resend',
    command: 'npm run faults -- --only M19',
    prints: 'M19 held',
  },
  {
    id: 'G5',
    goal: 'one gapless order in each room at every client and node, every message checked, two faults at a time for 30 min',
    peer: 'OpenIM checks a sample; Pusher gives no guarantee; Phoenix at most once',
    command: 'npm run faults -- --minutes 30',
    prints: 'M20 and M28 held, in every round of it',
  },
  {
    id: 'G6',
    goal: 'restart with 5,000 clients: all back, p95 ≤ 4 s, none lost',
    peer: 'Socket.IO p95 5.99 s, 3.8 % never back; socketioxide 10,000: 67 s',
    command: 'npm run bench -- --part storm',
    show: (results) => {
      const part = seen(results, 'storm');
      const [never, lost, p95] = ['never', 'lost', 'resumedP95'].map((metric) => part.median(OURS, metric));
      return part.shown(
        `${never} never back, p95 ${seconds(p95!)}, ${lost} lost`,
        never === 0 && lost === 0 && p95! <= 4_000,
        (peer) => `${part.median(peer, 'never')} never back, p95 ${seconds(part.median(peer, 'resumedP95'))}`,
      );
    },
  },
  {
    id: 'G7',
    goal: 'fan-out for each core-second, fsynced: ≥ 0.85 × bare uWS one at a time, ≥ 1.0 × in bursts; in bursts ≥ 10 × ws, ≥ 15 × Socket.IO',
    peer: 'deliveries a core-second, 32 / 1 in flight: uWS 4.65 / 0.43 M, ws 0.25 / 0.23 M, Socket.IO 0.15 / 0.14 M; Centrifugo 12,500/s a CPU',
    command: 'npm run bench -- --part fanout',
    show: (results) => {
      const part = seen(results, 'fanout');
      const times = (peer: string, size: number): number =>
        part.median(OURS, 'perCoreSecond', `${size} in flight`) /
        part.median(peer, 'perCoreSecond', `${size} in flight`);
      const [one, uws, ws, socketIo] = [
        times('uws', 1),
        times('uws', 32),
        times('ws', 32),
        times('socket.io', 32),
      ];
      return part.shown(
        `${one.toFixed(2)} × uWS one at a time; in bursts ${uws.toFixed(2)} × uWS, ${ws.toFixed(1)} × ws, ${socketIo.toFixed(1)} × Socket.IO`,
        one >= 0.85 && uws >= 1 && ws >= 10 && socketIo >= 15,
        (peer) =>
          [32, 1]
            .map((size) => (part.median(peer, 'perCoreSecond', `${size} in flight`) / 1e6).toFixed(2))
            .join(' / ') + ' M',
      );
    },
  },
  {
    id: 'G8',
    goal: '≥ 30,000 sends/s acknowledged after fsync, 50 sockets in the room, ack p99 ≤ 50 ms',
    peer: 'OpenIM 1,700 msg/s on 9 cores, mean 202 ms, max 3.64 s',
    command: 'npm run bench -- --part durable',
    show: (results) => {
      const part = seen(results, 'durable');
      const [acked, p99] = [part.median(OURS, 'ackedPerSecond'), part.median(OURS, 'ackP99')];
      return part.shown(
        `${Math.round(acked).toLocaleString('en')}/s, p99 ${p99.toFixed(0)} ms`,
        acked >= 30_000 && p99 <= 50,
        (peer) => `${Math.round(part.median(peer, 'ackedPerSecond')).toLocaleString('en')}/s, kept in memory`,
      );
    },
  },
  {
    id: 'G9',
    goal: 'everyday latency, 500 idle and 500 coming and going, 1 msg/s to all, durable: p95 ≤ 5 ms, p99 ≤ 15 ms',
    peer: 'soketi on 2 vCPU 6 ms; sockudo, soketi p95 3 / 24 ms, nothing stored',
    command: 'npm run bench -- --part everyday',
    show: (results) => {
      const part = seen(results, 'everyday');
      const pair = (name: string): [number, number] => [
        part.median(name, 'liveP95'),
        part.median(name, 'liveP99'),
      ];
      const [p95, p99] = pair(OURS);
      return part.shown(
        `p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
        p95 <= 5 && p99 <= 15,
        (peer) =>
          pair(peer)
            .map((ms) => ms.toFixed(1))
            .join(' / ') + ' ms',
      );
    },
  },
  {
    id: 'G10',
    goal: '20,000 logged-in sockets in 2 rooms each at ≤ 6 KB RSS a socket',
    peer: 'idle: bare uWS 2 KB, ws 6–9, Socket.IO 17–30; AnyCable 33 / 19; Centrifugo 30; CloudBase ~160',
    command: 'npm run bench -- --part memory',
    show: (results) => {
      const part = seen(results, 'memory');
      const shape = part.shapes.at(-1) ?? '';
      const kilobytes = (name: string): number => part.median(name, 'perSocket', shape) / 1024;
      return part.shown(
        `${kilobytes(OURS).toFixed(1)} KB at ${shape}`,
        kilobytes(OURS) <= 6,
        (peer) => `${kilobytes(peer).toFixed(1)} KB`,
      );
    },
  },
  {
    id: 'G11',
    goal: 'a stalled reader costs ≤ 1 MiB, moves p99 of others ≤ 10 %, misses nothing after it returns',
    peer: 'bare uWS skips it in silence; NATS cuts at 64 MiB or 10 s and the data is gone; Centrifugo 1 MiB, then cut',
    command: 'npm run faults -- --only M17',
    prints: 'M17 held',
  },
  {
    id: 'G12',
    goal: 'a dead peer is noticed: server ≤ 20 s, client ≤ 15 s, ≤ 2 s when the app is shown or the network changes',
    peer: 'Centrifugo 33 s; Discord ~45 s; Tinode 55 s',
    command: 'npm run faults -- --only M9,M10',
    prints: 'M9 and M10 held',
  },
  {
    id: 'G13',
    goal: 'store away for 30 s: no acknowledged message lost, typed error in ≤ 2 s, drained ≤ 5 s after; failover ≤ election + 3 s',
    peer: 'MongoDB election: median ≤ 12 s; OpenIM: clearing Redis rolls seqs back and stops delivery',
    command: 'npm run faults -- --only M4,M6',
    prints: 'M4 and M6 held; M6 lacks a real election, and says so',
  },
  {
    id: 'G14',
    goal: 'RFC 6455: every applicable Autobahn case (1–7, 10); 1,000,000 frames of fuzz, no crash',
    peer: 'uWS claims a perfect score (521 cases); ws, Socket.IO had remote crashes in 2023–2024',
    command: 'npm test -- rfc6455; npm run fuzz -- --frames 1000000',
    prints: 'all tests pass; 0 crashes, 0 leaked sockets',
  },
  {
    id: 'G15',
    goal: 'S1–S34 each an automated test, no secret in logs or client package',
    peer: 'none of the peers that we read has such a suite',
    command: 'npm test -- security',
    prints: 'all tests pass; [security.md](security.md) lists what is not done',
  },
];

/** A row for each goal; `only`: of those whose parts were measured just now. */
export const NOT_MEASURED = 'not measured yet';

export function goalTable(results: Results, only: 'measured' | 'all'): Record<string, string>[] {
  return goals.flatMap((goal) => {
    const isMeasured = goal.show !== undefined;
    if (only === 'measured' && !isMeasured) return [];
    const shown = goal.show?.(results) ?? null;
    if (only === 'measured' && shown === null) return [];
    return [
      {
        '': goal.id,
        goal: goal.goal,
        ours: shown?.ours ?? (isMeasured ? NOT_MEASURED : `the command prints: ${goal.prints ?? ''}`),
        met: shown === null ? (isMeasured ? '' : 'by the command') : shown.isMet ? 'met' : '**not met**',
        peers: [goal.peer, ...(shown?.peers === undefined ? [] : [`here: ${shown.peers}`])].join('. '),
        command: `\`${goal.command}\``,
      },
    ];
  });
}

interface SeenPart {
  shapes: string[];
  median(contender: string, metric: string, shape?: string): number;
  /** All rounds together. */
  faults(contender: string): number;
  shown(ours: string, isMet: boolean, peer: (contender: string) => string): Shown | null;
}

function seen(results: Results, name: string): SeenPart {
  const sessions = results.get(name)?.sessions ?? [];
  const samplesOf = (contender: string, shape?: string) =>
    sessions
      .filter((session) => session.contender === contender)
      .flatMap(({ samples }) => samples.filter((sample) => shape === undefined || sample.shape === shape));
  return {
    shapes: [...new Set(samplesOf(OURS).map(({ shape }) => shape))],
    median(contender, metric, shape) {
      const values = samplesOf(contender, shape).map(({ metrics }) => metrics[metric] ?? NaN);
      return values.length === 0 ? NaN : spreadOf(values).median;
    },
    faults: (contender) =>
      samplesOf(contender).reduce(
        (sum, { faults: { lost, again, misordered, strange } }) => sum + lost + again + misordered + strange,
        0,
      ),
    shown(ours, isMet, peer) {
      if (samplesOf(OURS).length === 0) return null;
      const others = PEERS.filter((name) => samplesOf(name).length > 0);
      const peers = others.map((name) => `${titleIn(sessions, name)} ${peer(name)}`).join('; ');
      return { ours, isMet, ...(peers !== '' && { peers }) };
    },
  };
}

const titleIn = (sessions: Result['sessions'], name: string): string =>
  sessions.find(({ contender }) => contender === name)?.title ?? name;

const percent = (share: number): string => `${(100 * share).toFixed(3)} %`;

const seconds = (ms: number): string => (Number.isNaN(ms) ? 'none' : `${(ms / 1_000).toFixed(2)} s`);

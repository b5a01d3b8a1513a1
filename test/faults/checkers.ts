/**
 * Judges a history by the promises of docs/protocol.md §1. Each checker is a pure function that gives one line for
 * every violation, none for a sound history; the names C1–C9 are those of the plan of tests. A checker says nothing of
 * what another one owns.
 */
import type { Event } from './history.ts';

export type Checker = (events: readonly Event[]) => string[];

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

const of = <T extends Event['type']>(events: readonly Event[], type: T): Of<T>[] =>
  events.filter((event): event is Of<T> => event.type === type);

const messageOf = (event: { room: string; sender: string; cid: string | undefined }) =>
  `${event.room} ${event.sender} ${event.cid}`;
const placeOf = (event: { room: string; seq: number }) => `${event.room}#${event.seq}`;

/** C1: what was acknowledged is in the log once, at its seq; what was refused is not; nothing else is. */
export const acknowledgedSet: Checker = (events) => {
  const violations: string[] = [];
  const sent = new Map(of(events, 'send').map((event) => [messageOf(event), event.hash]));
  const stored = new Map<string, number[]>();
  for (const event of of(events, 'final')) {
    if (event.cid === undefined) continue;
    const message = messageOf(event);
    stored.set(message, [...(stored.get(message) ?? []), event.seq]);
    if (!sent.has(message)) violations.push(`C1: ${placeOf(event)} holds ${message}, which nobody sent`);
    else if (sent.get(message) !== event.hash)
      violations.push(`C1: ${placeOf(event)} differs from what was sent`);
  }
  for (const [message, seqs] of stored) {
    if (seqs.length > 1)
      violations.push(`C1: ${message} is stored ${seqs.length} times, at ${seqs.join(', ')}`);
  }
  const acked = new Set<string>();
  for (const event of of(events, 'ack')) {
    acked.add(messageOf(event));
    if (!stored.get(messageOf(event))?.includes(event.seq)) {
      violations.push(`C1: ${messageOf(event)} was acknowledged at ${event.seq} and is not there`);
    }
  }
  for (const event of of(events, 'fail')) {
    const message = messageOf(event);
    if (stored.has(message) && !acked.has(message))
      violations.push(`C1: ${message} was refused and is stored`);
  }
  return violations;
};

/** C2: one (room, seq) is one entry at every client and in the log. */
export const agreement: Checker = (events) => {
  const first = new Map<string, string>();
  return events.flatMap((event) => {
    if (event.type !== 'receive' && event.type !== 'final') return [];
    const entry = `${event.sender} ${event.cid} ${event.hash} ${event.ts}`;
    const known = first.get(placeOf(event)) ?? entry;
    first.set(placeOf(event), known);
    return known === entry ? [] : [`C2: ${placeOf(event)} is ${known} here and ${entry} there`];
  });
};

/** C3: on one socket a room's entries come from the cursor on, each exactly once, ascending without a gap. */
export const gapless: Checker = (events) => {
  const last = new Map<string, number>();
  const violations: string[] = [];
  for (const event of events) {
    if (event.type === 'resume') last.set(`${event.client} ${event.room}`, event.from);
    if (event.type === 'final') {
      const due = (last.get(event.room) ?? 0) + 1;
      if (event.seq !== due)
        violations.push(`C3: the log of ${event.room} has ${event.seq} where ${due} is due`);
      last.set(event.room, event.seq);
    }
    if (event.type !== 'receive') continue;
    const reader = `${event.client} ${event.room}`;
    const due = (last.get(reader) ?? NaN) + 1;
    if (event.seq !== due) violations.push(`C3: ${reader} got ${event.seq} where ${due} was due`);
    last.set(reader, event.seq);
  }
  return violations;
};

/** C4: what one client sent to a room first has the lower seq, also where it was sent again. */
export const senderOrder: Checker = (events) => {
  const seqs = acknowledgedSeqs(events);
  const last = new Map<string, { cid: string; seq: number }>();
  return of(events, 'send').flatMap((event) => {
    const seq = seqs.get(messageOf(event));
    if (event.attempt !== 1 || seq === undefined) return [];
    const stream = `${event.client} ${event.room}`;
    const before = last.get(stream);
    last.set(stream, { cid: event.cid, seq });
    if (!before || before.seq < seq) return [];
    return [`C4: ${stream} sent ${before.cid} before ${event.cid}, stored at ${before.seq} and ${seq}`];
  });
};

/** C5: what was acknowledged before another message was sent at all has the lower seq. */
export const realTime: Checker = (events) => {
  const seqs = acknowledgedSeqs(events);
  const highest = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.type === 'ack') highest.set(event.room, Math.max(highest.get(event.room) ?? 0, event.seq));
    if (event.type !== 'send' || event.attempt !== 1) return [];
    const seq = seqs.get(messageOf(event));
    const before = highest.get(event.room) ?? 0;
    if (seq === undefined || seq > before) return [];
    return [`C5: ${messageOf(event)} is at ${seq}, though ${before} was acknowledged before it was sent`];
  });
};

/** C6: within `withinMs` of the calm every client has the whole log, and no message is still on its way. */
export const converged =
  (withinMs: number): Checker =>
  (events) => {
    const calm = of(events, 'calm').at(-1);
    if (!calm) return ['C6: the history has no calm'];
    const due = calm.t + withinMs;
    const heads = new Map<string, number>();
    for (const event of of(events, 'final')) {
      heads.set(event.room, Math.max(heads.get(event.room) ?? 0, event.seq));
    }
    const positions = new Map<string, { room: string; seq: number; t: number }>();
    for (const event of events) {
      if (event.type === 'resume') {
        positions.set(`${event.client} ${event.room}`, { room: event.room, seq: event.from, t: event.t });
      }
      if (event.type === 'receive') positions.set(`${event.client} ${event.room}`, event);
    }
    const violations: string[] = [];
    for (const [reader, { room, seq, t }] of positions) {
      const head = heads.get(room) ?? 0;
      if (seq !== head) violations.push(`C6: ${reader} ends at ${seq}, the log at ${head}`);
      else if (t > due) violations.push(`C6: ${reader} was there ${Math.round(t - due)} ms late`);
    }
    const settled = new Map(
      [...of(events, 'ack'), ...of(events, 'fail')].map((event) => [messageOf(event), event.t] as const),
    );
    for (const message of new Set(of(events, 'send').map(messageOf))) {
      const t = settled.get(message);
      if (t === undefined) violations.push(`C6: ${message} was never answered for good`);
      else if (t > due) violations.push(`C6: ${message} was answered ${Math.round(t - due)} ms late`);
    }
    return violations;
  };

/** C8: a restart takes no seq back: none is bound to a second message, none is given to what was sent later. */
export const seqNeverBack: Checker = (events) => {
  const bound = new Map<string, string>();
  const heads = new Map<string, number>();
  const floors = new Map<string, number>();
  const floorOf = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.type === 'reset') return [`C8: ${event.client} was told to drop what it held of ${event.room}`];
    if (event.type === 'restart') for (const [room, head] of heads) floors.set(room, head);
    if (event.type === 'send' && event.attempt === 1)
      floorOf.set(messageOf(event), floors.get(event.room) ?? 0);
    if (event.type !== 'ack' && event.type !== 'receive' && event.type !== 'final') return [];
    const violations: string[] = [];
    const message = messageOf(event);
    const known = bound.get(placeOf(event)) ?? message;
    bound.set(placeOf(event), known);
    heads.set(event.room, Math.max(heads.get(event.room) ?? 0, event.seq));
    if (known !== message) violations.push(`C8: ${placeOf(event)} was ${known} and became ${message}`);
    const floor = floorOf.get(message) ?? 0;
    if (event.seq <= floor)
      violations.push(`C8: ${message} is at ${event.seq}; ${floor} was taken before a restart`);
    return violations;
  });
};

/** C9: every attempt has exactly one outcome, within `deadlineMs`. */
export const answered =
  (deadlineMs: number): Checker =>
  (events) => {
    const open = new Map<string, number>();
    const violations: string[] = [];
    for (const event of events) {
      if (event.type !== 'send' && event.type !== 'ack' && event.type !== 'fail' && event.type !== 'unknown')
        continue;
      const attempt = `${messageOf(event)} attempt ${event.attempt}`;
      if (event.type === 'send') {
        open.set(attempt, event.t);
        continue;
      }
      const since = open.get(attempt);
      if (since === undefined) violations.push(`C9: ${attempt} was answered twice`);
      else if (event.t - since > deadlineMs) {
        violations.push(`C9: ${attempt} waited ${Math.round(event.t - since)} ms`);
      }
      open.delete(attempt);
    }
    for (const attempt of open.keys()) violations.push(`C9: ${attempt} had no outcome`);
    return violations;
  };

function acknowledgedSeqs(events: readonly Event[]): Map<string, number> {
  return new Map(of(events, 'ack').map((event) => [messageOf(event), event.seq]));
}

export interface Bounds {
  /** From the calm until everybody has everything. */
  convergedMs: number;
  /** From a request to its outcome. */
  answeredMs: number;
}

/** What is promised (protocol §4, and the plan of tests), for a machine that does nothing else. */
export const PROMISED: Bounds = { convergedMs: 5_000, answeredMs: 10_000 };
/** For one that is busy with something else: that all come together and all are answered is what counts there. */
export const BUSY: Bounds = { convergedMs: 20_000, answeredMs: 12_000 };

/** All of them. `npm run faults` holds to what is promised, `npm test` runs two files at a time. */
export function allCheckers({ convergedMs, answeredMs }: Bounds): readonly Checker[] {
  return [
    acknowledgedSet,
    agreement,
    gapless,
    senderOrder,
    realTime,
    converged(convergedMs),
    seqNeverBack,
    answered(answeredMs),
  ];
}

/**
 * From a request to its one reply: is the asker known, may they ask this, have they asked too often; then the row's
 * handler. The only place where what a handler throws is caught: a Refusal is answered, a Hangup ends the session,
 * anything else is a bug, which is logged and answered INTERNAL while the session lives.
 */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Op, ReplyBody, RequestBody } from '../../miniprogram/protocol/frames.ts';
import type { User } from '../../miniprogram/protocol/objects.ts';
import type { Actor } from '../domain/messages.ts';
import type { Clock } from '../domain/ports.ts';
import type { Roster } from '../domain/roster.ts';
import type { Sanctions } from '../domain/sanctions.ts';
import { Hangup, Refusal } from '../outcome.ts';
import type { Session } from '../session/session.ts';
import type { Call, Row, Table } from './call.ts';
import type { RateLimiter } from './rate.ts';

/** A request whose body was checked against the schema of its op. `id` 0: one that has no reply. */
export type Incoming = { [O in Op]: { id: number; op: O; body: RequestBody<O> } }[Op];

export type Outcome = 'ok' | ErrorCode;

export interface DispatchDeps {
  table: Table;
  roster: Roster;
  sanctions: Pick<Sanctions, 'admit' | 'muted'>;
  rates: RateLimiter;
  onAnswered?: (done: { op: Op; outcome: Outcome; ms: number }) => void;
  onBug: (reason: unknown, op: Op) => void;
  clock: Pick<Clock, 'now' | 'monotonic'>;
}

export interface Dispatcher {
  dispatch(session: Session, request: Incoming): void;
  /** Answers a frame that could not be understood; it counts against the asker like any other. */
  turnDown(session: Session, id: number, refusal: Refusal): void;
  /** The server is about to go: nothing new is begun. Resolves when what is under way is answered. */
  close(): Promise<void>;
}

export function createDispatcher(deps: DispatchDeps): Dispatcher {
  const { table, roster, sanctions, rates, onAnswered, onBug, clock } = deps;
  let closing = false;
  let underWay = 0;
  const onIdle: (() => void)[] = [];

  function dispatch(session: Session, request: Incoming): void {
    if (closing) {
      if (request.id > 0)
        session.reject(request.id, new Refusal(ErrorCode.UNAVAILABLE, 'the server is restarting', 1_000));
      return;
    }
    if (session.state === 'silent' && request.op !== 'session.hello') {
      session.hangUp(CloseCode.NOT_A_FRAME, 'session.hello comes first');
      return;
    }
    if (request.id > 0) {
      try {
        session.begin(request.id);
      } catch (reason) {
        if (!(reason instanceof Refusal)) throw reason;
        turnDown(session, request.id, reason);
        return;
      }
    } else if (session.state === 'greeting') {
      // Typing counts as no open request, so nothing would bound how many wait; soon nobody cares.
      return;
    }
    const job = () => void answer(session, request);
    if (request.op === 'session.hello' || !session.defer(job)) job();
  }

  async function answer<O extends Op>(
    session: Session,
    { id, op, body }: { id: number; op: O; body: RequestBody<O> },
  ): Promise<void> {
    const began = clock.monotonic();
    underWay += 1;
    let outcome: Outcome = 'ok';
    const after: (() => void)[] = [];
    try {
      const reply = await run(session, table[op], {
        session,
        body,
        afterReply: (job) => after.push(job),
      });
      session.reply(id, reply);
      for (const job of after) job();
    } catch (reason) {
      outcome = refuse(session, { id, op }, reason);
    }
    onAnswered?.({ op, outcome, ms: clock.monotonic() - began });
    underWay -= 1;
    if (underWay === 0) for (const resolve of onIdle.splice(0)) resolve();
  }

  async function run<O extends Op>(
    session: Session,
    row: Row<O>,
    call: Omit<Call<O>, 'user'>,
  ): Promise<ReplyBody<O>> {
    const { user } = session;
    if (row.access === 'anyone') {
      if (user) rates.charge(user.id, row.cost);
      return row.run(call);
    }
    if (!user) throw new Refusal(ErrorCode.UNAUTHORIZED, 'session.hello comes first');
    rates.charge(user.id, row.cost);
    session.mustBeValid();
    const asked = sanctions.admit(user.id);
    if (asked) await asked;
    if (row.access === 'user') return row.run({ ...call, user });
    return row.run({ ...call, user, actor: await actorOf(user, call.body, row.access) });
  }

  async function actorOf(user: User, body: object, access: 'member' | 'reader'): Promise<Actor> {
    const id = 'room' in body && typeof body.room === 'string' ? body.room : '';
    const known = access === 'reader' ? undefined : roster.recall(id, user.id);
    const { room, member } =
      known ?? (access === 'reader' ? await roster.ask(id, user.id) : await roster.look(id, user.id));
    return { user: user.id, room, member: sanctions.muted(user.id, id, member) };
  }

  /** @returns the outcome, for the metrics */
  function refuse(session: Session, { id, op }: { id: number; op: Op }, reason: unknown): Outcome {
    if (reason instanceof Hangup) {
      // Who floods has sent nothing wrong: the same request may succeed later.
      const code = reason.closeCode === CloseCode.FLOODING ? ErrorCode.RATE_LIMITED : ErrorCode.BAD_REQUEST;
      session.refuse(id, new Refusal(code, reason.message, reason.retryAfterMs));
      session.hangUp(reason.closeCode, reason.message, reason.retryAfterMs);
      return code;
    }
    const refusal = reason instanceof Refusal ? reason : bug(reason, op);
    session.refuse(id, refusal);
    if (op === 'session.hello' && session.state === 'silent') endUnknown(session, refusal);
    if (refusal.code === ErrorCode.BANNED) endBanned(session, refusal);
    return refusal.code;
  }

  /** Whoever could not be made known is told why, and the socket ends; where the store is away they may try again. */
  function endUnknown(session: Session, refusal: Refusal): void {
    session.refuseOpen(refusal);
    if (refusal.code === ErrorCode.UNAUTHORIZED) session.hangUp(CloseCode.UNAUTHORIZED, refusal.message);
  }

  function endBanned(session: Session, { message, sanction: { reason = message, until } }: Refusal): void {
    session.refuseOpen(
      new Refusal(ErrorCode.BANNED, message, { reason, ...(until !== undefined && { until }) }),
    );
    session.hangUp(CloseCode.BANNED, reason, until === undefined ? {} : { until });
  }

  function turnDown(session: Session, id: number, refusal: Refusal): void {
    try {
      if (session.user) rates.charge(session.user.id, 'read');
      if (id > 0) session.reject(id, refusal);
      if (session.state === 'silent') session.hangUp(CloseCode.NOT_A_FRAME, refusal.message);
    } catch (reason) {
      if (reason instanceof Hangup) {
        return session.hangUp(reason.closeCode, reason.message, reason.retryAfterMs);
      }
      if (!(reason instanceof Refusal)) throw reason;
      if (id > 0) session.reject(id, reason);
    }
  }

  function bug(reason: unknown, op: Op): Refusal {
    onBug(reason, op);
    return new Refusal(ErrorCode.INTERNAL, 'something went wrong here; send again with the same cid', 1_000);
  }

  function close(): Promise<void> {
    closing = true;
    if (underWay === 0) return Promise.resolve();
    return new Promise((resolve) => onIdle.push(resolve));
  }

  return { dispatch, turnDown, close };
}

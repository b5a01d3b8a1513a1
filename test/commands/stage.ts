/**
 * The dispatcher over a real session layer, with a domain that does as the test says: what of it a test does not set
 * must not be asked.
 */
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type { Op, RequestBody } from '../../miniprogram/protocol/frames.ts';
import { createDispatcher, type Incoming } from '../../server/commands/dispatch.ts';
import { RateLimiter } from '../../server/commands/rate.ts';
import { createTable, type TableDeps } from '../../server/commands/table.ts';
import { Roster } from '../../server/domain/roster.ts';
import { Refusal } from '../../server/outcome.ts';
import type { Session } from '../../server/session/session.ts';
import { memberRecord, roomRecord } from '../domain/factories.ts';
import type { FakePeer } from '../session/fake-peer.ts';
import { FakeNode, settle } from '../session/node.ts';

export const send: RequestBody<'message.send'> = {
  room: 'r',
  cid: 'c',
  kind: 'text',
  body: { text: 'private words' },
};

/** What the domain does; everything else is not asked here. */
interface Domain {
  send: () => Promise<{ seq: number; ts: number }>;
  typing: () => void;
  mine: () => Promise<[]>;
  admit: () => Promise<void> | undefined;
}

export function setUp(domain: Partial<Domain> = {}) {
  const node = new FakeNode();
  node.make('r', 3, 'ann');
  const bugs: { reason: unknown; op: Op }[] = [];
  const answered: string[] = [];
  const roster = new Roster({
    room: (id) => Promise.resolve(id === 'r' ? roomRecord() : null),
    member: (_, user) => Promise.resolve(user === 'ann' ? memberRecord() : null),
  });
  const never = (): never => {
    throw new Error('not asked here');
  };
  const deps: TableDeps = {
    greeting: node.greeting,
    authenticate: (token) =>
      token === 'bad'
        ? Promise.reject(new Refusal('UNAUTHORIZED', 'token: is not valid'))
        : Promise.resolve({
            user: { id: token, name: token },
            sid: 's2',
            expiresAt: node.clock.now() + 900_000,
          }),
    rooms: {
      mine: domain.mine ?? (() => Promise.resolve([])),
      open: never,
      create: never,
      direct: never,
      join: never,
      leave: never,
      members: never,
      read: never,
      prefer: never,
      openLobby: never,
      welcome: never,
      typing: domain.typing ?? never,
    },
    messages: {
      send: domain.send ?? (() => Promise.resolve({ seq: 4, ts: 1 })),
      recall: never,
      edit: never,
      react: never,
      history: never,
    },
    keeping: { manage: never },
    users: { get: never },
    files: { links: never },
    search: { find: never },
    reports: { report: never },
    clock: node.clock,
  };
  const table = createTable(deps);
  const dispatcher = createDispatcher({
    table,
    roster,
    rates: new RateLimiter(node.clock, DEFAULT_LIMITS),
    onAnswered: ({ op, outcome }) => answered.push(`${op} ${outcome}`),
    onBug: (reason, op) => bugs.push({ reason, op }),
    sanctions: { admit: domain.admit ?? (() => undefined), muted: (_, __, member) => member },
    clock: node.clock,
  });
  let lastId = 0;
  const ask = <O extends Op>(session: Session, op: O, body: RequestBody<O>, id = ++lastId): void =>
    dispatcher.dispatch(session, { id, op, body } as Incoming);
  /** Known, and with nothing sent yet. */
  const arrive = async (user = 'ann'): Promise<{ session: Session; peer: FakePeer }> => {
    const opened = node.open();
    ask(opened.session, 'session.hello', { version: 1, token: user });
    await settle();
    opened.peer.frames.length = 0;
    return opened;
  };
  return { node, table, dispatcher, ask, arrive, bugs, answered };
}

/** By id: what came back. */
export const outcomes = (peer: FakePeer): [number, string][] =>
  peer.replies.map((reply) => [reply.id, reply.ok ? 'ok' : reply.error.code]);

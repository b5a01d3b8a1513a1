/** A Connection alone, as the client composes it: tokens and wx adapters over a FakeWx and a FakeServer. */
import { Connection } from '../../miniprogram/net/connection.ts';
import type { LinkState } from '../../miniprogram/net/phase.ts';
import { Tokens } from '../../miniprogram/net/token.ts';
import type { Login, Refused } from '../../miniprogram/net/token.ts';
import { createWxHttp } from '../../miniprogram/net/wx-http.ts';
import { createWxSocket } from '../../miniprogram/net/wx-socket.ts';
import type { HelloReply, Push } from '../../miniprogram/protocol/frames.ts';
import { FakeServer } from './fake-server.ts';
import { FakeStorage } from './fake-storage.ts';
import { FakeWx } from './fake-wx.ts';
import { ManualClock } from './manual-clock.ts';

export interface Wired {
  clock: ManualClock;
  server: FakeServer;
  wx: FakeWx;
  tokens: Tokens;
  connection: Connection;
  /** Every state since the beginning. */
  states: LinkState[];
  state(): string;
  greetings: HelloReply[];
  pushes: Push[];
  refused: Refused[];
  run(ms: number): Promise<void>;
}

/** Signed in as alice, member of the room `r1`; not started. Backoff draws 0.5 each time. */
export async function createWired(): Promise<Wired> {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  server.room('r1', ['alice', 'bob']);
  const wx = new FakeWx({ network: server, clock, storage: new FakeStorage() });
  const states: LinkState[] = [];
  const greetings: HelloReply[] = [];
  const pushes: Push[] = [];
  const refused: Refused[] = [];
  let kept: Login | null = null;
  const tokens = new Tokens({
    http: createWxHttp(wx, 'http://server', wx.clock),
    clock: wx.clock,
    shelf: { read: () => kept, write: (login) => (kept = login), remove: () => (kept = null) },
    refused: (why) => refused.push(why),
  });
  const connection = new Connection({
    url: 'ws://server/ws',
    openSocket: createWxSocket(wx),
    tokens,
    clock: wx.clock,
    random: () => 0.5,
    greeting: () => ({}),
    changed: (state) => states.push(state),
    greeted: (reply) => greetings.push(reply),
    pushed: (push) => pushes.push(push),
  });
  const login = tokens.login({ dev: 'alice' });
  await clock.run(100);
  await login;
  const state = (): string => states.at(-1)?.name ?? 'idle';
  return {
    clock,
    server,
    wx,
    tokens,
    connection,
    states,
    state,
    greetings,
    pushes,
    refused,
    run: (ms) => clock.run(ms),
  };
}

/** Started, and greeted. */
export async function createLive(): Promise<Wired> {
  const wired = await createWired();
  wired.connection.start();
  await wired.run(100);
  return wired;
}

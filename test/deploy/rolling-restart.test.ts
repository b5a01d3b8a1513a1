/**
 * What docs/operations.md says of an upgrade, done: two nodes over MongoDB and NATS behind nginx, one after the other
 * stopped and started while people write. Whatever was acknowledged is in the log, once, where the ack said.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { WebSocket } from 'ws';
import { withDatabase } from '../store/mongo-database.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { natsUrl } from '../support/nats-process.ts';
import { startNginx } from '../support/nginx.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const WRITERS = 6;
const ALL_READY_MS = 30_000;

interface Reply {
  id?: number;
  ok?: boolean;
  op?: string;
  body?: { seq?: number };
}

/** Writes one message after the other, each until it is acknowledged, over whatever sockets that takes. */
class Writer {
  readonly acked = new Map<string, number>();
  sockets = 0;
  longestWaitMs = 0;
  isDone = false;
  readonly #open: () => Promise<WebSocket>;
  readonly #name: string;
  readonly #room: string;
  #replies = new Map<number, (reply: Reply | null) => void>();
  #socket: WebSocket | null = null;
  #lastId = 0;

  constructor(name: string, room: string, open: () => Promise<WebSocket>) {
    this.#name = name;
    this.#room = room;
    this.#open = open;
  }

  async run(token: string): Promise<void> {
    while (!this.isDone) {
      const cid = `${this.#name}-${this.acked.size}`;
      const began = performance.now();
      let seq: number | undefined;
      while (seq === undefined) {
        this.#socket ??= await this.#arrive(token);
        const reply = await this.#ask('message.send', {
          room: this.#room,
          cid,
          kind: 'text',
          body: { text: cid },
        });
        if (reply?.ok) seq = reply.body?.seq;
        else await pause(100);
      }
      this.acked.set(cid, seq);
      this.longestWaitMs = Math.max(this.longestWaitMs, performance.now() - began);
      await pause(120);
    }
    this.#socket?.terminate();
  }

  async #arrive(token: string): Promise<WebSocket | null> {
    try {
      const socket = await this.#open();
      this.sockets += 1;
      socket.on('message', (bytes: Buffer) => {
        const reply = JSON.parse(bytes.toString()) as Reply;
        this.#replies.get(reply.id ?? 0)?.(reply);
      });
      socket.on('close', () => {
        if (this.#socket === socket) this.#socket = null;
        for (const answer of this.#replies.values()) answer(null);
      });
      this.#socket = socket;
      const hello = await this.#ask('session.hello', { version: 1, token });
      return hello?.ok ? this.#socket : null;
    } catch {
      return null;
    }
  }

  /** Null where the socket ended first. */
  async #ask(op: string, body: object): Promise<Reply | null> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return null;
    const id = (this.#lastId += 1);
    const reply = new Promise<Reply | null>((resolve) => this.#replies.set(id, resolve));
    socket.send(JSON.stringify({ id, op, body }));
    return reply.finally(() => this.#replies.delete(id));
  }
}

async function ready(node: ServerProcess): Promise<void> {
  const end = performance.now() + ALL_READY_MS;
  while ((await fetch(`${node.url}/readyz`)).status !== 200) {
    assert.ok(performance.now() < end, 'the node becomes ready');
    await pause(100);
  }
}

await againstMongo(({ name, url }) => {
  async function twoNodes(t: TestContext, nats: string): Promise<[ServerProcess, ServerProcess]> {
    const MONGODB_URL = withDatabase(url, `chahua_test_${randomBytes(6).toString('hex')}`);
    const env = { MONGODB_URL, NATS_URL: nats, JWT_KEYS: `k1:${randomBytes(32).toString('hex')}` };
    t.after(async () => {
      const client = new MongoClient(MONGODB_URL);
      await client.db().dropDatabase();
      await client.close();
    });
    const one = await ServerProcess.start({ env });
    t.after(() => one.stop());
    const two = await ServerProcess.start({ env });
    t.after(() => two.stop());
    return [one, two];
  }

  test(`a rolling restart of two nodes over ${name} behind nginx loses nothing that was acknowledged`, async (t) => {
    const nats = await natsUrl(t);
    if (nats === null) return;
    const nodes = await twoNodes(t, nats);
    const port = await startNginx(
      t,
      nodes.map((node) => Number(new URL(node.url).port)),
    );
    if (port === null) return;
    const arrived = await RawClient.arrive(nodes[0].url, 'reader');
    const [room = ''] = arrived.hello.rooms.map(({ id }) => id);
    await arrived.client.close();
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { rejectUnauthorized: false });
      socket.on('error', () => undefined);
      await once(socket, 'open');
      return socket;
    };
    const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(`writer-${i}`, room, open));
    const runs = await Promise.all(
      writers.map(async (writer, i) => {
        const { access } = await login(nodes[0].url, `writer-${i}`);
        const joined = await RawClient.arrive(nodes[0].url, `writer-${i}`);
        await joined.client.close();
        return () => writer.run(access);
      }),
    );
    const written = Promise.all(runs.map((run) => run()));
    const acks = () => writers.reduce((sum, { acked }) => sum + acked.size, 0);
    const more = async (count: number): Promise<void> => {
      const wanted = acks() + count;
      while (acks() < wanted) await pause(50);
    };
    await more(20);
    for (const node of nodes) {
      assert.equal(await node.sigterm(), 0);
      // All are on the other one, and go on.
      await more(10);
      await node.restart();
      await ready(node);
      await more(10);
    }
    for (const writer of writers) writer.isDone = true;
    await written;

    for (const node of nodes) {
      const { client } = await RawClient.arrive(node.url, 'reader');
      const log = await client.history(room);
      await client.close();
      assert.deepEqual(
        log.map(({ seq }) => seq),
        log.map((_, i) => i + 1),
        'no gap',
      );
      const places = new Map<string, number[]>();
      for (const { cid = '', seq } of log) places.set(cid, [...(places.get(cid) ?? []), seq]);
      for (const { acked } of writers) {
        for (const [cid, seq] of acked) assert.deepEqual(places.get(cid), [seq], cid);
      }
    }
    const sockets = writers.reduce((sum, writer) => sum + writer.sockets, 0);
    const waited = Math.max(...writers.map(({ longestWaitMs }) => longestWaitMs));
    t.diagnostic(
      `${acks()} acks to ${WRITERS} writers over ${sockets} sockets; longest wait ${Math.round(waited)} ms`,
    );
  });
});

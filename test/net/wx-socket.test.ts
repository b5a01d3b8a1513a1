import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWxSocket } from '../../miniprogram/net/wx-socket.ts';
import type { WxSockets } from '../../miniprogram/net/wx-socket.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx, NO_NETWORK } from '../support/fake-wx.ts';
import type { WireEvents } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const wires: { events: WireEvents; sent: string[]; isClosed: boolean }[] = [];
  const network = {
    connect(_url: string, events: WireEvents) {
      const wire = { events, sent: [] as string[], isClosed: false };
      wires.push(wire);
      return { send: (text: string) => void wire.sent.push(text), close: () => void (wire.isClosed = true) };
    },
    fetch: () => Promise.reject(new Error('no HTTP here')),
  };
  const wx = new FakeWx({ network, clock, storage: new FakeStorage() });
  const heard: string[] = [];
  const socket = createWxSocket(wx)('ws://server/ws', {
    opened: () => heard.push('opened'),
    received: (text) => heard.push(text),
    closed: (code) => heard.push(`closed ${code}`),
  });
  return { wx, wire: wires[0]!, socket, heard, clock };
}

test('texts go both ways, and the close code arrives', () => {
  const { wire, socket, heard } = setUp();
  wire.events.opened();
  socket.send('ping');
  wire.events.received('pong');
  wire.events.closed(1012, 'restart');
  assert.deepEqual(wire.sent, ['ping']);
  assert.deepEqual(heard, ['opened', 'pong', 'closed 1012']);
});

test('closing what the platform has dropped throws "task not found" there, and nothing here', () => {
  const { wx, wire, socket, heard } = setUp();
  wire.events.opened();
  wx.loseSockets();
  socket.close();
  socket.close();
  assert.deepEqual(heard, ['opened']);
});

test('events that come after the close are not heard', () => {
  const { wire, socket, heard } = setUp();
  wire.events.opened();
  socket.close();
  wire.events.received('late');
  wire.events.closed(1000, '');
  assert.deepEqual(heard, ['opened']);
});

test('error and close of the same loss are one closed', () => {
  const { wx, wire, heard } = setUp();
  wire.events.opened();
  wx.breakSockets(1006);
  assert.deepEqual(heard, ['opened', 'closed 1006']);
});

test('sending on a lost socket is a closed, told after send has returned', async () => {
  const { wx, wire, socket, heard } = setUp();
  wire.events.opened();
  wx.loseSockets();
  socket.send('into the void');
  assert.deepEqual(heard, ['opened']);
  await Promise.resolve();
  assert.deepEqual(heard, ['opened', 'closed 1006']);
});

test('no network: a closed, some time later', () => {
  const clock = new ManualClock();
  const wx = new FakeWx({
    network: NO_NETWORK,
    clock,
    storage: new FakeStorage(),
  });
  wx.isCut = true;
  const heard: number[] = [];
  createWxSocket(wx)('ws://server/ws', {
    opened: assert.fail,
    received: assert.fail,
    closed: (code) => void heard.push(code),
  });
  assert.deepEqual(heard, []);
  clock.advance(10);
  assert.deepEqual(heard, [1006]);
});

test('a handshake that ends after the socket was given up is closed again, and not heard', () => {
  const closes: number[] = [];
  let open = (): void => undefined;
  const task = {
    onOpen: (listener: () => void) => void (open = listener),
    onMessage: () => undefined,
    onClose: () => undefined,
    onError: () => undefined,
    send: assert.fail,
    close: ({ code }: { code: number }) => void closes.push(code),
  };
  const wx = { connectSocket: () => task } as unknown as WxSockets;
  const socket = createWxSocket(wx)('ws://server/ws', {
    opened: assert.fail,
    received: assert.fail,
    closed: assert.fail,
  });
  socket.close();
  open();
  assert.deepEqual(closes, [1000, 1000]);
});

test('connectSocket that fails before it returns is told after it has returned', async () => {
  const task = { onOpen() {}, onMessage() {}, onClose() {}, onError() {}, send: assert.fail, close() {} };
  const connectSocket = (option: { fail: (error: object) => void }): object => {
    option.fail({ errMsg: 'too many sockets' });
    return task;
  };
  const heard: number[] = [];
  createWxSocket({ connectSocket } as unknown as WxSockets)('ws://server/ws', {
    opened: assert.fail,
    received: assert.fail,
    closed: (code) => void heard.push(code),
  });
  assert.deepEqual(heard, []);
  await Promise.resolve();
  assert.deepEqual(heard, [1006]);
});

test('a platform that gives no task, or throws, is a closed', async () => {
  const refuse = (): never => {
    throw new Error('too many sockets');
  };
  for (const connectSocket of [refuse, () => undefined]) {
    const heard: number[] = [];
    const socket = createWxSocket({ connectSocket } as unknown as WxSockets)('ws://server/ws', {
      opened: assert.fail,
      received: assert.fail,
      closed: (code) => void heard.push(code),
    });
    socket.send('x');
    await Promise.resolve();
    socket.close();
    assert.deepEqual(heard, [1006]);
  }
});

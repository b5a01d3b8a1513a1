import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../support/manual-clock.ts';
import { Thread } from '../thread.ts';
import { MOST_SOCKETS, Sockets, type BrowserSocket } from './sockets.ts';

/** Does what a test says happens, and remembers what it was told. */
class FakeSocket extends EventTarget {
  binaryType = '';
  readonly sent: unknown[] = [];
  readonly closed: unknown[] = [];
  send = (data: unknown): void => void this.sent.push(data);
  close = (...how: unknown[]): void => void this.closed.push(how);
  happen(type: string, more: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), more));
  }
}

function start() {
  const clock = new ManualClock();
  const opened: FakeSocket[] = [];
  const frames: string[] = [];
  const after = (ms: number, run: () => void) => clock.after(ms, run);
  const thread = new Thread({ after, onFault: assert.ifError });
  const sockets = new Sockets({
    open() {
      const socket = new FakeSocket();
      opened.push(socket);
      return socket as unknown as BrowserSocket;
    },
    run: (task) => thread.run(task),
    after,
    sent: (text) => frames.push(`out ${text}`),
    received: (text) => frames.push(`in ${text}`),
  });
  const heard: string[] = [];
  const connect = () => {
    const task = sockets.connect({ url: 'ws://x/ws', fail: () => heard.push('refused') });
    task.onOpen(() => heard.push('open'));
    task.onMessage((event) => heard.push(`message ${(event as { data: string }).data}`));
    task.onClose((event) => heard.push(`close ${(event as { code: number }).code}`));
    task.onError(() => heard.push('error'));
    return task;
  };
  return { clock, opened, frames, heard, thread, sockets, connect };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a SocketTask', () => {
  it('opens, sends, receives and closes as a socket does, and every frame is counted', () => {
    const { opened, frames, heard, connect, sockets } = start();
    const task = connect();
    opened[0]!.happen('open');
    task.send({ data: 'hello' });
    opened[0]!.happen('message', { data: 'welcome' });
    task.close({ code: 4000, reason: 'enough' });
    opened[0]!.happen('close', { code: 4000, reason: 'enough' });
    assert.deepEqual(heard, ['open', 'message welcome', 'close 4000']);
    assert.deepEqual([opened[0]!.sent, opened[0]!.closed], [['hello'], [[4000, 'enough']]]);
    assert.deepEqual(frames, ['out hello', 'in welcome']);
    assert.equal(sockets.live, 0);
  });

  it('has no readyState and no off-methods', () => {
    const task = start().connect();
    for (const name of ['readyState', 'offOpen', 'offMessage', 'offClose', 'offError']) {
      assert.equal(name in task, false, name);
    }
  });

  it('that the platform dropped tells nobody, and to close it throws "task not found"', () => {
    const { opened, heard, connect, sockets } = start();
    const task = connect();
    opened[0]!.happen('open');
    sockets.drop();
    opened[0]!.happen('message', { data: 'unheard' });
    opened[0]!.happen('close', { code: 1006, reason: '' });
    assert.deepEqual(heard, ['open']);
    assert.throws(() => task.close(), /task not found/);
  });

  it('fails a send on what is not open, by its callback', async () => {
    const { opened, connect } = start();
    const task = connect();
    const told: object[] = [];
    task.send({ data: 'early', fail: (error) => told.push(error) });
    await settled();
    assert.deepEqual(told, [{ errMsg: 'sendSocketMessage:fail WebSocket is not connected' }]);
    assert.deepEqual(opened[0]!.sent, []);
  });

  it('refuses a close code that is not for apps, and a reason of more than 123 bytes', async () => {
    const { opened, connect } = start();
    const task = connect();
    opened[0]!.happen('open');
    const told: string[] = [];
    const fail = (error: object): void => void told.push((error as { errMsg: string }).errMsg);
    task.close({ code: 1006, fail });
    task.close({ reason: '茶'.repeat(42), fail });
    await settled();
    assert.deepEqual(told, [
      'closeSocket:fail invalid code 1006',
      'closeSocket:fail reason longer than 123 bytes',
    ]);
    assert.deepEqual(opened[0]!.closed, []);
  });

  it('the sixth at once is refused; when one has ended there is room again', async () => {
    const { opened, heard, connect } = start();
    for (let n = 0; n < MOST_SOCKETS + 1; n += 1) connect();
    await settled();
    assert.deepEqual([opened.length, heard], [MOST_SOCKETS, ['refused']]);
    opened[0]!.happen('close', { code: 1006, reason: '' });
    connect();
    assert.equal(opened.length, MOST_SOCKETS + 1);
  });

  it('that does not open in time fails and is closed', () => {
    const { clock, opened, heard, connect } = start();
    connect();
    clock.advance(60_000);
    assert.deepEqual([heard, opened[0]!.closed.length], [['error'], 1]);
  });

  it('events that come while the app is frozen are heard when it thaws, in order', () => {
    const { opened, heard, thread, connect } = start();
    connect();
    opened[0]!.happen('open');
    thread.freeze();
    opened[0]!.happen('message', { data: 'a' });
    opened[0]!.happen('close', { code: 1001, reason: '' });
    assert.deepEqual(heard, ['open']);
    thread.thaw();
    assert.deepEqual(heard, ['open', 'message a', 'close 1001']);
  });
});

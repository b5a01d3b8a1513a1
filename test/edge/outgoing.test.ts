import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outgoing } from '../../server/edge/outgoing.ts';
import { SocketPeer } from '../../server/edge/socket-peer.ts';

/** A socket that notes what goes out in one write; `room`: frames that it may take before it has ended. */
function stage({ room = Infinity } = {}) {
  const writes: string[][] = [];
  let corked: string[] | null = null;
  let left = room;
  const outgoing = new Outgoing();
  const sent: number[] = [];
  const peer = new SocketPeer(
    {
      send(frame) {
        if (corked) corked.push(frame);
        else writes.push([frame]);
        if (--left === 0) peer.forget();
      },
      cork(sending) {
        corked = [];
        sending();
        writes.push(corked);
        corked = null;
      },
      subscribe: (topic) => writes.push([`+${topic}`]),
      unsubscribe: () => undefined,
      getBufferedAmount: () => 0,
      end: (code) => writes.push([`end ${code}`]),
    },
    { outgoing, onSent: (bytes) => sent.push(bytes) },
  );
  return { peer, outgoing, writes, sent };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('replies of one turn leave in one write, those of the next in another', async () => {
  const { peer, writes, sent } = stage();
  for (const frame of ['a', 'bb', 'ccc']) peer.sendSoon(frame);
  assert.deepEqual(writes, []);
  await turn();
  peer.sendSoon('d');
  await turn();
  assert.deepEqual(writes, [['a', 'bb', 'ccc'], ['d']]);
  assert.deepEqual(sent, [1, 2, 3, 1]);
});

test('a reply that waits is overtaken by nothing: not by a frame, a topic, what is published, or the end', () => {
  const { peer, outgoing, writes } = stage();
  peer.sendSoon('before a frame');
  peer.send('frame');
  peer.sendSoon('before a topic');
  peer.subscribe('room');
  peer.sendSoon('before what is published');
  outgoing.flush();
  writes.push(['published']);
  peer.sendSoon('before the end');
  peer.end(1012, 'bye');
  assert.deepEqual(writes.flat(), [
    'before a frame',
    'frame',
    'before a topic',
    '+room',
    'before what is published',
    'published',
    'before the end',
    'end 1012',
  ]);
});

test('a socket that ends while its replies are written is not touched again', async () => {
  const { peer, writes } = stage({ room: 1 });
  for (const frame of ['fits', 'does not', 'nor does this']) peer.sendSoon(frame);
  await turn();
  peer.sendSoon('late');
  await turn();
  assert.deepEqual(writes, [['fits']]);
});

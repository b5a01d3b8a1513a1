/**
 * Sockets without a network, with the order that the edge promises (server/session/peer.ts): a frame that is
 * published reaches who is subscribed at that moment, after all that was sent to them before. Frames are kept as the
 * client would read them.
 */
import type { Pushes, Push, Reply, ServerFrame } from '../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId } from '../../miniprogram/protocol/objects.ts';
import type { Hub, Peer } from '../../server/session/peer.ts';

export class FakeHub implements Hub {
  readonly peers = new Set<FakePeer>();

  peer(): FakePeer {
    const peer = new FakePeer();
    this.peers.add(peer);
    return peer;
  }

  publish(topic: string, frame: string): void {
    for (const peer of this.peers) if (peer.topics.has(topic)) peer.take(frame);
  }
}

export class FakePeer implements Peer {
  readonly frames: ServerFrame[] = [];
  readonly topics = new Set<string>();
  /** What `buffered` says. */
  backlog = 0;
  /** How often it was ended, and how the first time. */
  ends: { code: number; reason: string }[] = [];

  send(frame: string): void {
    this.take(frame);
  }

  sendSoon(frame: string): void {
    this.take(frame);
  }

  take(frame: string): void {
    if (this.ends.length === 0) this.frames.push(JSON.parse(frame) as ServerFrame);
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  buffered(): number {
    return this.backlog;
  }

  end(code: number, reason: string): void {
    this.ends.push({ code, reason });
    this.topics.clear();
  }

  get closeCode(): number | undefined {
    return this.ends[0]?.code;
  }

  get replies(): Reply[] {
    return this.frames.filter((frame): frame is Reply => 'id' in frame);
  }

  get pushes(): Push[] {
    return this.frames.filter((frame): frame is Push => 'op' in frame);
  }

  /** The bodies of one kind of push. */
  pushed<P extends keyof Pushes>(op: P): Pushes[P][] {
    return this.pushes.filter((push) => push.op === op).map((push) => push.body as Pushes[P]);
  }

  entries(room: RoomId): Entry[] {
    return this.pushed('entries').flatMap((body) => (body.room === room ? body.entries : []));
  }

  seqs(room: RoomId): number[] {
    return this.entries(room).map(({ seq }) => seq);
  }
}

/** What every store promises of reading: the marker never goes back, and unread is exact, whatever happened. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EntryKind, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Draft } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

export function unreadContract(scene: Scene): void {
  describe('markRead', () => {
    test('moves the marker forward, never back, never past the head', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.append(room, scene.text(ben), scene.text(ben), scene.text(ben));
      const read = async () => {
        const summary = await scene.store.summary(room, ann);
        return [summary?.read, summary?.unread];
      };
      assert.equal(await scene.store.markRead(room, ann, 3), 3);
      assert.deepEqual(await read(), [3, 1]);
      assert.equal(await scene.store.markRead(room, ann, 3), null);
      assert.equal(await scene.store.markRead(room, ann, 2), null);
      assert.deepEqual(await read(), [3, 1]);
      assert.equal(await scene.store.markRead(room, ann, 999), 4);
      assert.deepEqual(await read(), [4, 0]);
      assert.equal(await scene.store.markRead(room, ann, 1_000), null);
      await scene.say(room, scene.text(ben));
      assert.deepEqual(await read(), [4, 1]);
    });

    test('by a stranger, or of a room that is none, moves nothing', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      await scene.say(room, scene.text(ann));
      assert.equal(await scene.store.markRead(room, ben, 2), null);
      assert.equal(await scene.store.markRead('no-room', ann, 2), null);
    });
  });

  describe('unread', () => {
    test('counts what others wrote for people to read, by kind', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const bodies: [EntryKind, Draft['body'], 0 | 1][] = [
        ['text', { text: 'hello' }, 1],
        ['image', { file: 'f', w: 1, h: 1, size: 1 }, 1],
        ['voice', { file: 'f', ms: 1, size: 1 }, 1],
        ['video', { file: 'f', size: 1 }, 1],
        ['file', { file: 'f', size: 1 }, 1],
        ['location', { lat: 1, lng: 1 }, 1],
        ['card', { title: 't' }, 1],
        ['custom', { type: 't', data: 1 }, 1],
        ['edit', { text: 'better' }, 0],
        ['react', { emoji: '🍵', on: true }, 0],
        ['sys', { action: 'closed' }, 0],
      ];
      let expected = 0;
      for (const [kind, body, counts] of bodies) {
        await scene.say(room, scene.text(ben, { kind, body }));
        expected += counts;
        assert.equal((await scene.store.summary(room, ann))?.unread, expected, kind);
        assert.equal((await scene.store.summary(room, ben))?.unread, 0, kind);
      }
      await scene.say(room, scene.recall(ben, 2));
      assert.equal(
        (await scene.store.summary(room, ann))?.unread,
        expected,
        'what was recalled still counts',
      );
      await scene.say(room, scene.text(''));
      assert.equal((await scene.store.summary(room, ann))?.unread, expected + 1, 'from the server itself');
    });

    for (const seed of [1, 2, 3]) {
      test(`agrees with a count over the whole log after every step of a random run (seed ${seed})`, async () => {
        await compareWithCount(scene, seed);
      });
    }
  });
}

interface Model {
  /** Who sent each entry that counts; null at the seq of one that does not. Index 0 is seq 1. */
  counted: (UserId | null)[];
  markers: Map<UserId, number>;
}

async function compareWithCount(scene: Scene, seed: number): Promise<void> {
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const people = await scene.users(5);
  const room = await scene.room(people.slice(0, 2));
  const model: Model = { counted: [null], markers: new Map(people.slice(0, 2).map((user) => [user, 1])) };
  const head = () => model.counted.length;

  const steps: Record<string, (user: UserId) => Promise<void>> = {
    async send(user) {
      const drafts = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
        random() < 0.7
          ? scene.text(user)
          : scene.text(user, { kind: 'react', body: { emoji: 'x', on: true } }),
      );
      const repeated = random() < 0.3 ? drafts.slice(0, 1) : [];
      await scene.append(room, ...drafts, ...repeated);
      if (!model.markers.has(user)) return;
      for (const { kind } of drafts) model.counted.push(kind === 'text' ? user : null);
    },
    async read(user) {
      const seq = 1 + Math.floor(random() * (head() + 2));
      const marker = model.markers.get(user);
      const moves = marker !== undefined && Math.min(seq, head()) > marker;
      assert.equal(await scene.store.markRead(room, user, seq), moves ? Math.min(seq, head()) : null);
      if (moves) model.markers.set(user, Math.min(seq, head()));
    },
    async join(user) {
      await scene.append(room, scene.join(user));
      if (model.markers.has(user)) return;
      model.counted.push(null);
      model.markers.set(user, head());
    },
    async leave(user) {
      if (random() < 0.5) return;
      await scene.append(room, scene.leave(user));
      if (model.markers.delete(user)) model.counted.push(null);
    },
    async recall(user) {
      const [placed] = await scene.append(room, scene.recall(user, 1 + Math.floor(random() * head())));
      if (placed && 'seq' in placed) model.counted.push(null);
    },
  };

  for (let i = 0; i < 120; i += 1) {
    const name = pick(['send', 'send', 'send', 'read', 'read', 'join', 'leave', 'recall']);
    await steps[name]?.(pick(people));
    const seen = await Promise.all(people.map((user) => scene.store.summary(room, user)));
    const expected = people.map((user) => {
      const marker = model.markers.get(user);
      if (marker === undefined) return null;
      const after = model.counted.slice(marker);
      return {
        head: head(),
        read: marker,
        unread: after.filter((from) => from !== null && from !== user).length,
      };
    });
    const got = seen.map(
      (summary) => summary && { head: summary.head, read: summary.read, unread: summary.unread },
    );
    assert.deepEqual(got, expected, `seed ${seed}, step ${i}: ${name}`);
  }
}

/** The same numbers for the same seed: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

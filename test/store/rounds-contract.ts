/** What a node asks again and again for what the bus may have lost: heads, living logins, memberships. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scene } from './scene.ts';

const byName = (a: string, b: string): number => (a < b ? -1 : 1);

export function roundsContract(scene: Scene): void {
  describe('what nodes ask in rounds', () => {
    test('heads: how far each room goes; rooms that do not exist are left out', async () => {
      const [ann = ''] = await scene.users(1);
      const [one, two] = [await scene.room([ann]), await scene.room([ann])];
      await scene.append(two, scene.text(ann), scene.text(ann));
      const heads = await scene.store.heads([two, 'no-such-room', one]);
      assert.deepEqual(
        heads.sort((a, b) => byName(a.room, b.room)),
        [
          { room: one, head: 1 },
          { room: two, head: 3 },
        ],
      );
      assert.deepEqual(await scene.store.heads([]), []);
    });

    test('alive: logins that were opened, neither revoked nor expired', async () => {
      const [user = ''] = await scene.users(1);
      const now = scene.clock.now();
      const open = async (expires: number): Promise<string> => {
        const sid = scene.id('sid');
        await scene.store.openLogin({ sid, user, expires }, scene.id('hash'));
        return sid;
      };
      const [good, revoked, expired] = [await open(now + 100), await open(now + 100), await open(now + 10)];
      await scene.store.revoke(revoked);
      const asked = [good, revoked, expired, 'unknown'];
      assert.deepEqual(await scene.store.alive(asked, now + 10), [good]);
      assert.deepEqual(await scene.store.alive([], now), []);
    });

    test('memberships: the rooms that each is in now; who is in none is left out', async () => {
      const [ann = '', ben = '', cat = ''] = await scene.users(3);
      const [one, two] = [await scene.room([ann, ben]), await scene.room([ann])];
      await scene.say(one, scene.leave(ben));
      const found = await scene.store.memberships([cat, ann, ben]);
      assert.deepEqual(
        found.map(({ user, rooms }) => ({ user, rooms: rooms.sort(byName) })),
        [{ user: ann, rooms: [one, two] }],
      );
    });
  });
}

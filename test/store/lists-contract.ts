/** What every store promises of the word list, of API keys, of finding rooms and people, and of being checked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApiKey, WordAction } from '../../server/domain/ports.ts';
import { record } from './moderation-contract.ts';
import type { Scene } from './scene.ts';

export function listsContract(scene: Scene): void {
  describe('the word list', () => {
    const rule = (word: string, action: WordAction) => ({ word, action, by: 'mod', ts: 1 });

    test('holds each word once, in order, and has a higher version after every change', async () => {
      const before = (await scene.store.words()).version;
      await scene.store.addWords([rule('b', 'block'), rule('a', 'mask')], record(scene));
      const added = await scene.store.words();
      assert.deepEqual(added.rules, [rule('a', 'mask'), rule('b', 'block')]);
      assert.ok(added.version > before);
      await scene.store.addWords([rule('b', 'flag')], record(scene));
      const changed = await scene.store.words();
      assert.deepEqual(changed.rules, [rule('a', 'mask'), rule('b', 'flag')]);
      assert.ok(changed.version > added.version);
      assert.equal(await scene.store.wordsVersion(), changed.version);
      const target = scene.id('words');
      assert.deepEqual(await scene.store.removeWords(['b', 'x'], record(scene, { target })), ['b']);
      assert.ok((await scene.store.wordsVersion()) > changed.version);
      assert.deepEqual(await scene.store.removeWords(['x'], record(scene, { target })), []);
      const { records } = await scene.store.audits({ target, limit: 9 });
      assert.deepEqual(
        records.map((one) => one.before),
        [['b']],
      );
      await scene.store.removeWords(['a'], record(scene));
    });
  });

  describe('an API key', () => {
    test('is found by its hash until it is revoked, and listed for ever', async () => {
      const [id, hash] = [scene.id('key'), scene.id('hash')];
      const key: ApiKey = { id, name: 'weather', user: 'bot', rooms: ['r1', 'r2'], by: 'op', ts: 7 };
      await scene.store.issueKey(key, hash, record(scene));
      assert.deepEqual(await scene.store.apiKey(hash), key);
      assert.equal(await scene.store.apiKey('other'), null);
      const revoked = scene.clock.now();
      assert.equal(await scene.store.revokeKey(id, record(scene, { ts: revoked })), true);
      assert.equal(await scene.store.revokeKey(id, record(scene)), false);
      assert.equal(await scene.store.apiKey(hash), null);
      assert.deepEqual((await scene.store.apiKeys())[0], { ...key, revoked });
    });

    test('speaks as a user of its own', async () => {
      const id = scene.id('same');
      await scene.store.userOf({ dev: id }, { id: scene.id('user'), name: 'A person' });
      const bot = { id: scene.id('user'), name: 'A bot' };
      assert.deepEqual(await scene.store.userOf({ bot: id }, bot), { user: bot, created: true });
    });
  });

  describe('finding', () => {
    test('users: by whole name, by a part of it in any case, page by page', async () => {
      const mark = scene.id('Mark');
      const ids = [scene.id('user'), scene.id('user'), scene.id('user')];
      for (const id of ids) await scene.store.userOf({ dev: id }, { id, name: `Tea ${mark}` });
      const part = mark.toLowerCase();
      const first = await scene.store.findUsers({ part, limit: 2 });
      assert.deepEqual([first.users.map(({ id }) => id), first.more], [ids.slice(0, 2), true]);
      const rest = await scene.store.findUsers({ part, limit: 2, after: ids[1] ?? '' });
      assert.deepEqual([rest.users.map(({ id }) => id), rest.more], [ids.slice(2), false]);
      assert.equal((await scene.store.findUsers({ name: `Tea ${mark}`, limit: 9 })).users.length, 3);
      assert.equal((await scene.store.findUsers({ name: mark, limit: 9 })).users.length, 0);
      assert.equal((await scene.store.findUsers({ limit: 2 })).users.length, 2);
    });

    test('rooms: by name and by member, each with its size and its head', async () => {
      const name = scene.id('Room');
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben], { name });
      await scene.say(room, scene.text(ann));
      const facts = { ...(await scene.store.room(room)), members: 2, head: 2 };
      assert.deepEqual((await scene.store.findRooms({ name, limit: 9 })).rooms, [facts]);
      assert.deepEqual((await scene.store.findRooms({ part: name.toLowerCase(), limit: 9 })).rooms, [facts]);
      assert.deepEqual(await scene.store.roomFacts(room), facts);
      assert.deepEqual(await scene.store.roomsOf(ben), [facts]);
      assert.equal(await scene.store.roomFacts('none'), null);
    });
  });

  describe('a check', () => {
    test('of a store that this program wrote finds no fault, and reaches every room', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const said = await scene.say(room, scene.text(ann));
      await scene.say(room, scene.text(ben));
      await scene.append(room, scene.recall(ann, said));
      await scene.store.markRead(room, ben, 3);
      await scene.append(room, scene.leave(ben), scene.join(ben), scene.text(ben));
      let after: string | undefined;
      let rooms = 0;
      do {
        const page = await scene.store.checkRooms({ limit: 3, ...(after !== undefined && { after }) });
        assert.deepEqual(page.faults, []);
        rooms += page.rooms;
        after = page.last;
      } while (after !== undefined);
      let known = 0;
      for (let from = ''; ;) {
        const page = await scene.store.findRooms({ limit: 50, after: from });
        known += page.rooms.length;
        from = page.rooms.at(-1)?.id ?? '';
        if (!page.more) break;
      }
      assert.equal(rooms, known);
    });
  });

  describe('logins', () => {
    test('of one user end all together, with the record of who ended them', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const expires = scene.clock.now() + 1_000_000;
      for (const [i, user] of [ann, ann, ben].entries()) {
        await scene.store.openLogin({ sid: `${user}-${i}`, user, expires }, scene.id('hash'));
      }
      assert.equal(await scene.store.revokeAll(ann, record(scene, { target: ann })), 2);
      assert.equal(await scene.store.login(`${ann}-0`, scene.clock.now()), null);
      assert.ok(await scene.store.login(`${ben}-2`, scene.clock.now()));
      assert.equal((await scene.store.audits({ target: ann, limit: 9 })).records.length, 1);
    });
  });
}

/** What every store promises of users and their logins. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Login, Rotation } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

export function peopleContract(scene: Scene): void {
  describe('userOf', () => {
    test('makes a user once for an identity, also when many ask at once', async () => {
      const openid = scene.id('openid');
      const made = await Promise.all(
        Array.from({ length: 20 }, () => {
          const id = scene.id('user');
          return scene.store.userOf({ openid }, { id, name: id });
        }),
      );
      assert.equal(made.filter(({ created }) => created).length, 1);
      assert.equal(new Set(made.map(({ user }) => user.id)).size, 1);
      await scene.reopen();
      const again = await scene.store.userOf({ openid, unionid: 'u' }, { id: scene.id('user'), name: 'x' });
      assert.deepEqual(again, { user: made[0]?.user, created: false });
    });

    test('the openid of a user is known, of one by dev name or of nobody it is null', async () => {
      const openid = scene.id('openid');
      const id = scene.id('user');
      await scene.store.userOf({ openid, unionid: 'u' }, { id, name: id });
      assert.equal(await scene.store.openidOf(id), openid);
      assert.equal(await scene.store.openidOf((await scene.user()).id), null);
      assert.equal(await scene.store.openidOf('nobody'), null);
    });

    test('a dev name and an openid of the same letters are two people', async () => {
      const same = scene.id('same');
      const [one, two] = [scene.id('user'), scene.id('user')];
      await scene.store.userOf({ dev: same }, { id: one, name: 'One' });
      const { user } = await scene.store.userOf({ openid: same }, { id: two, name: 'Two' });
      assert.equal(user.id, two);
    });

    test('a known user comes back as they are now, not as they would be made', async () => {
      const { id } = await scene.user();
      await scene.store.changeUser(id, { name: 'Renamed', avatar: 'https://example.com/a.png' });
      const { user } = await scene.store.userOf({ dev: id }, { id: scene.id('user'), name: 'Fresh' });
      assert.deepEqual(user, { id, name: 'Renamed', avatar: 'https://example.com/a.png' });
    });
  });

  describe('a profile', () => {
    test('changes in the fields named', async () => {
      const { id, name } = await scene.user();
      assert.deepEqual(await scene.store.user(id), { id, name });
      assert.deepEqual(await scene.store.changeUser(id, { avatar: 'a' }), { id, name, avatar: 'a' });
      assert.deepEqual(await scene.store.changeUser(id, { name: '茶' }), { id, name: '茶', avatar: 'a' });
      assert.deepEqual(await scene.store.user(id), { id, name: '茶', avatar: 'a' });
      assert.deepEqual(await scene.store.changeUser(id, { avatar: '' }), { id, name: '茶' });
      assert.deepEqual(await scene.store.changeUser(id, {}), { id, name: '茶' });
    });

    test('of nobody is null', async () => {
      assert.equal(await scene.store.user('nobody'), null);
      assert.equal(await scene.store.changeUser('nobody', { name: 'x' }), null);
    });

    test('users gives those who exist', async () => {
      const [ann, ben] = [await scene.user(), await scene.user()];
      const found = await scene.store.users([ben.id, 'nobody', ann.id]);
      assert.deepEqual(
        found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        [ann, ben],
      );
      assert.deepEqual(await scene.store.users([]), []);
    });
  });

  describe('being seen', () => {
    test('is remembered, and absent for those never seen', async () => {
      const [ann = '', ben = '', cid = ''] = await scene.users(3);
      await scene.store.markSeen(ann, 1_000);
      await scene.store.markSeen(ben, 2_000);
      await scene.store.markSeen(ann, 3_000);
      await scene.store.markSeen('nobody', 4_000);
      const seen = await scene.store.lastSeen([ann, cid, ben, 'nobody']);
      assert.deepEqual(
        seen.toSorted((a, b) => b.seen - a.seen),
        [
          { user: ann, seen: 3_000 },
          { user: ben, seen: 2_000 },
        ],
      );
    });
  });

  describe('welcome', () => {
    test('is true once for a user, whoever asks and after a restart too', async () => {
      const { id } = await scene.user();
      assert.equal(await scene.store.welcomed(id), false);
      const asked = await Promise.all([1, 2, 3].map(() => scene.store.welcome(id)));
      assert.deepEqual(asked.toSorted(), [false, false, true]);
      await scene.reopen();
      assert.equal(await scene.store.welcome(id), false);
      assert.equal(await scene.store.welcomed(id), true);
      assert.equal(await scene.store.welcome('nobody'), false);
    });
  });

  describe('a login', () => {
    const DAY = 86_400_000;
    const GRACE = 30_000;
    const open = async (): Promise<{ login: Login; hash: string }> => {
      const login = { sid: scene.id('sid'), user: scene.id('user'), expires: scene.clock.now() + 30 * DAY };
      const hash = scene.id('hash');
      await scene.store.openLogin(login, hash);
      return { login, hash };
    };
    const rotate = (hash: string, next: string): Promise<Rotation> => {
      const now = scene.clock.now();
      const sealed = `sealed ${next}`;
      return scene.store.rotate({ hash, next, sealed, now, graceMs: GRACE, expires: now + 30 * DAY });
    };

    test('is found by its sid and by its token, until it is revoked', async () => {
      const { login, hash } = await open();
      const other = await open();
      const now = scene.clock.now();
      assert.deepEqual(await scene.store.login(login.sid, now), login);
      assert.deepEqual(await scene.store.loginOf(hash), login);
      await scene.store.revoke(login.sid);
      assert.equal(await scene.store.login(login.sid, now), null);
      assert.equal(await scene.store.loginOf(hash), null);
      assert.deepEqual(await rotate(hash, scene.id('hash')), { outcome: 'unknown' });
      assert.deepEqual(await scene.store.login(other.login.sid, now), other.login);
      await scene.store.revoke('no-sid');
    });

    test('that has expired is null, and its token unknown', async () => {
      const { login, hash } = await open();
      assert.deepEqual(await scene.store.login(login.sid, login.expires - 1), login);
      assert.equal(await scene.store.login(login.sid, login.expires), null);
      scene.clock.adjust(30 * DAY);
      assert.deepEqual(await rotate(hash, scene.id('hash')), { outcome: 'unknown' });
    });

    test('rotates: the next token is the current one and the login lives longer', async () => {
      const { login, hash } = await open();
      scene.clock.adjust(DAY);
      const [next, third] = [scene.id('hash'), scene.id('hash')];
      const longer = { ...login, expires: login.expires + DAY };
      assert.deepEqual(await rotate(hash, next), { outcome: 'rotated', login: longer });
      assert.deepEqual(await scene.store.login(login.sid, login.expires), longer);
      assert.deepEqual(await scene.store.loginOf(hash), longer);
      assert.deepEqual(await scene.store.loginOf(next), longer);
      scene.clock.adjust(DAY);
      assert.equal((await rotate(next, third)).outcome, 'rotated');
    });

    test('of many rotations of one token at once, one rotates and the others get its pair', async () => {
      const { hash } = await open();
      const nexts = Array.from({ length: 10 }, () => scene.id('hash'));
      const outcomes = await Promise.all(nexts.map((next) => rotate(hash, next)));
      const winner = outcomes.findIndex(({ outcome }) => outcome === 'rotated');
      assert.notEqual(winner, -1);
      outcomes.forEach((rotation, i) => {
        if (i === winner) return;
        assert.equal(rotation.outcome, 'repeated');
        assert.equal(rotation.sealed, `sealed ${nexts[winner]}`);
      });
      assert.deepEqual(await rotate(nexts[winner === 0 ? 1 : 0] ?? '', 'x'), { outcome: 'unknown' });
    });

    test('a replaced token within the grace gives the same pair, also after a restart', async () => {
      const { hash } = await open();
      const next = scene.id('hash');
      await rotate(hash, next);
      scene.clock.adjust(GRACE);
      await scene.reopen();
      const again = await rotate(hash, scene.id('hash'));
      assert.equal(again.outcome === 'repeated' && again.sealed, `sealed ${next}`);
    });

    test('a replaced token after the grace revokes the whole family', async () => {
      const { login, hash } = await open();
      const [second, third] = [scene.id('hash'), scene.id('hash')];
      await rotate(hash, second);
      scene.clock.adjust(10 * DAY);
      await rotate(second, third);
      scene.clock.adjust(GRACE + 1);
      const reused = await rotate(hash, scene.id('hash'));
      assert.equal(reused.outcome, 'reused');
      assert.equal(reused.outcome === 'reused' && reused.login.sid, login.sid);
      assert.equal(await scene.store.login(login.sid, scene.clock.now()), null);
      assert.deepEqual(await rotate(third, scene.id('hash')), { outcome: 'unknown' });
      assert.deepEqual(await rotate(hash, scene.id('hash')), { outcome: 'unknown' });
    });

    test('a token that never was is unknown', async () => {
      assert.deepEqual(await rotate('never', 'x'), { outcome: 'unknown' });
      assert.equal(await scene.store.loginOf('never'), null);
    });
  });
}

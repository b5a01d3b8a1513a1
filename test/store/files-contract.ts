/** What every store promises of files: who may read them, what uses them, and when they expire. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Draft } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

const DAY = 86_400_000;
const FACTS = { mime: 'image/png', size: 70, w: 3, h: 4 };

export function filesContract(scene: Scene): void {
  /** Uploaded now, to expire in a day. */
  async function upload(owner: UserId, facts: { mime: string; size: number } = FACTS): Promise<string> {
    const id = scene.id('file');
    const created = scene.clock.now();
    await scene.store.reserveFile({ id, owner, created, expires: created + DAY });
    await scene.store.completeFile(id, facts);
    return id;
  }
  const image = (from: UserId, ...files: string[]): Draft =>
    scene.text(from, { kind: 'image', body: { file: files[0] ?? '', w: 3, h: 4, size: 70 }, files });
  const readable = async (reader: UserId, ids: string[], room?: RoomId) =>
    (await scene.store.readableFiles(reader, ids, room)).map(({ id }) => id);
  const expired = (before: number) => scene.store.expiredFiles(before, 1_000);

  describe('a file', () => {
    test('is there when its bytes are, with what is known of it', async () => {
      const [ann = ''] = await scene.users(1);
      const [id, created] = [scene.id('file'), scene.clock.now()];
      await scene.store.reserveFile({ id, owner: ann, created, expires: created + DAY });
      assert.equal(await scene.store.file(id), null);
      assert.deepEqual(await readable(ann, [id]), []);
      await scene.store.completeFile(id, FACTS);
      assert.deepEqual(await scene.store.file(id), { id, owner: ann, created, ...FACTS });
      const plain = await upload(ann, { mime: 'application/pdf', size: 9 });
      assert.deepEqual(await scene.store.file(plain), {
        id: plain,
        owner: ann,
        created,
        mime: 'application/pdf',
        size: 9,
      });
      assert.equal(await scene.store.file('no-file'), null);
    });

    test('is read by its owner and the members of rooms that carry it, and by nobody else', async () => {
      const [ann = '', ben = '', sam = ''] = await scene.users(3);
      const room = await scene.room([ann, ben]);
      const [sent, kept] = [await upload(ann), await upload(ann)];
      assert.deepEqual(await readable(ben, [sent, kept]), []);
      await scene.say(room, image(ann, sent));
      for (const hint of [undefined, room, 'no-room']) {
        assert.deepEqual(await readable(ben, [kept, sent, 'no-file'], hint), [sent]);
        assert.deepEqual(await readable(ann, [kept, sent], hint), [kept, sent]);
        assert.deepEqual(await readable(sam, [sent], hint), []);
      }
      await scene.say(room, scene.leave(ben));
      assert.deepEqual(await readable(ben, [sent], room), []);
    });

    test('that is an avatar is read by everybody, as long as it is one', async () => {
      const [ann = '', sam = ''] = await scene.users(2);
      const face = await upload(ann);
      await scene.store.changeUser(ann, { avatar: face });
      assert.deepEqual(await readable(sam, [face]), [face]);
      await scene.store.changeUser(ann, { avatar: '' });
      assert.deepEqual(await readable(sam, [face]), []);
    });

    test('counts for its owner from when it was uploaded', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const now = scene.clock.now();
      await upload(ann, { mime: 'a/b', size: 5 });
      await scene.store.reserveFile({ id: scene.id('file'), owner: ann, created: now, expires: now });
      scene.clock.adjust(10);
      await upload(ann, { mime: 'a/b', size: 7 });
      assert.equal(await scene.store.uploadedBytes(ann, now - 1), 12);
      assert.equal(await scene.store.uploadedBytes(ann, now), 7);
      assert.equal(await scene.store.uploadedBytes(ben, 0), 0);
    });
  });

  describe('a file that is in no use', () => {
    test('expires when its time is over, and is then there for nobody', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const id = await upload(ann);
      scene.clock.adjust(DAY - 1);
      assert.ok(await scene.store.file(id));
      scene.clock.adjust(1);
      assert.equal(await scene.store.file(id), null);
      assert.deepEqual(await readable(ann, [id]), []);
      assert.deepEqual(await scene.append(room, image(ann, id)), [{ refused: 'no-file' }]);
      const now = scene.clock.now();
      assert.ok(!(await expired(now)).includes(id), 'before, not at');
      assert.ok((await expired(now + 1)).includes(id));
    });

    test('is forgotten when it has expired, and not before', async () => {
      const [ann = ''] = await scene.users(1);
      const [old, fresh] = [await upload(ann), await upload(ann)];
      const room = await scene.room([ann]);
      await scene.say(room, image(ann, fresh));
      scene.clock.adjust(DAY + 1);
      const young = await upload(ann);
      const before = scene.clock.now();
      await scene.store.forgetFiles([old, fresh, young, 'no-file'], before);
      assert.ok(!(await expired(before)).includes(old));
      assert.ok(await scene.store.file(fresh));
      assert.ok(await scene.store.file(young));
    });

    test('of those that have expired, no more come than were asked for, the oldest first', async () => {
      const [ann = ''] = await scene.users(1);
      const first = await upload(ann);
      scene.clock.adjust(1);
      await upload(ann);
      scene.clock.adjust(DAY + 1);
      const all = await expired(scene.clock.now());
      assert.ok(all.length >= 2);
      assert.deepEqual(await scene.store.expiredFiles(scene.clock.now(), 1), [all[0]]);
      await scene.store.forgetFiles(all, scene.clock.now());
      assert.equal(await scene.store.file(first), null);
    });
  });

  describe('an entry that carries files', () => {
    test('keeps them from expiring, once however often it is sent again', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const [id, thumb] = [await upload(ann), await upload(ann)];
      const draft = image(ann, id, thumb);
      await scene.append(room, draft, draft);
      await scene.append(room, draft);
      scene.clock.adjust(DAY + 1);
      assert.deepEqual(await readable(ann, [id, thumb]), [id, thumb]);
      await scene.say(room, scene.recall(ann, 2));
      assert.deepEqual(await readable(ann, [id, thumb]), []);
    });

    test('comes back without a word of it', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const { files: _, ...fields } = image(ann, await upload(ann));
      const seq = await scene.say(room, { ...fields, files: _ ?? [] });
      assert.deepEqual(await scene.store.entry(room, seq), { seq, ...fields });
    });

    test('is refused where one is not there, and the others of the batch are stored', async () => {
      const [ann = '', sam = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const id = await upload(ann);
      const placed = await scene.append(
        room,
        image(ann, id, 'no-file'),
        image(sam, id),
        image(ann, id),
        scene.text(ann),
      );
      const ts = scene.clock.now();
      assert.deepEqual(placed, [
        { refused: 'no-file' },
        { refused: 'not-member' },
        { seq: 2, ts },
        { seq: 3, ts },
      ]);
      scene.clock.adjust(DAY + 1);
      assert.ok(await scene.store.file(id));
    });

    test('lets go of them with its recall: at once, but for what another use keeps', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const [room, other] = [await scene.room([ann, ben]), await scene.room([ann])];
      const [twice, face, once] = [await upload(ann), await upload(ann), await upload(ann)];
      await scene.append(room, image(ann, twice), image(ann, face), image(ann, once));
      await scene.say(other, image(ann, twice));
      await scene.store.changeUser(ann, { avatar: face });
      await scene.append(room, ...[2, 3, 4].map((target) => scene.recall(ann, target)));
      assert.deepEqual(await readable(ann, [twice, face, once]), [twice, face]);
      assert.deepEqual(await readable(ben, [twice, face, once]), [face]);
      assert.ok((await expired(scene.clock.now())).includes(once));
      assert.deepEqual(await scene.append(room, image(ann, once)), [{ refused: 'no-file' }]);
      await scene.store.changeUser(ann, { avatar: '' });
      await scene.say(other, scene.recall(ann, 2));
      assert.deepEqual(await readable(ann, [twice, face]), []);
    });
  });
}

/** Taking files in, sending them and doing away with them, over the real store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Content } from '../../miniprogram/protocol/frames.ts';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import { newId } from '../../server/ids.ts';
import { chunked } from '../support/memory-blobs.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
const { files, messages, blobs, clock, store } = world;
const DAY = 86_400_000;

const upload = async (owner: UserId, words: string): Promise<string> =>
  (await files.upload(owner, chunked(words))).id;
const send = async (room: RoomId, who: UserId, content: Content) =>
  messages.send(await world.actor(room, who), { room, cid: newId(), ...content });
const image = (file: string, more: object = {}): Content => ({
  kind: 'image',
  body: { file, w: 1, h: 1, size: 1, ...more },
});

test('a file is what its content says, and its owner alone may read it', async () => {
  const [ann, sam] = [await world.user(), await world.user()];
  const file = await files.upload(ann, chunked('image/png 3x4 …'));
  assert.deepEqual(file, {
    id: file.id,
    owner: ann,
    created: clock.now(),
    mime: 'image/png',
    w: 3,
    h: 4,
    size: 17,
  });
  assert.equal(blobs.kept.get(file.id)?.byteLength, 17);
  const [link] = await files.links(ann, [file.id, file.id, 'unknown']);
  const { id, mime, w, h, size } = file;
  assert.deepEqual(link, { id, mime, w, h, size, url: `/signed/${id}`, expiresAt: clock.now() + 1 });
  assert.deepEqual(await files.links(sam, [id]), []);
});

test('too large a file is refused while it comes, and nothing of it is kept', async () => {
  const ann = await world.user();
  const kept = blobs.kept.size;
  let asked = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked += 1;
      yield await Promise.resolve(Buffer.alloc(40));
    }
  }
  await assert.rejects(files.upload(ann, endless()), {
    code: 'TOO_LARGE',
    message: 'file: must have at most 100 bytes',
  });
  assert.equal(asked, 3);
  assert.equal(blobs.kept.size, kept);
  await upload(ann, 'x'.repeat(100));
});

test('an empty file is refused', async () => {
  await assert.rejects(upload(await world.user(), ''), {
    code: 'BAD_REQUEST',
    message: 'file: must not be empty',
  });
});

test('within 24 hours one uploads so much and no more', async () => {
  const ann = await world.user();
  const id = newId();
  await store.reserveFile({ id, owner: ann, created: clock.now(), expires: clock.now() + DAY });
  await store.completeFile(id, { mime: 'video/mp4', size: 1024 * 1024 - 10 });
  await upload(ann, 'x'.repeat(10));
  await assert.rejects(upload(ann, 'x'), {
    code: 'RATE_LIMITED',
    message: 'file: at most 1 MiB within 24 hours',
  });
  clock.advance(DAY);
  await upload(ann, 'x');
});

test('of uploads at once, the fifth is told to wait, and is taken when another has ended', async () => {
  const ann = await world.user();
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<undefined>());
  async function* slow(gate: Promise<unknown>): AsyncGenerator<Uint8Array> {
    await gate;
    yield Buffer.from('x');
  }
  const uploads = gates.map(({ promise }) => files.upload(ann, slow(promise)));
  await assert.rejects(upload(ann, 'x'), { code: 'RATE_LIMITED', retryAfterMs: 1_000 });
  await upload(await world.user(), 'x');
  for (const { resolve } of gates) resolve(undefined);
  await Promise.all(uploads);
  await upload(ann, 'x');
});

test('a message that carries a file says what the server knows of it, and opens it to the room', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const [file, thumb] = [await upload(owner, 'image/png 3x4'), await upload(owner, 'image/gif 1x2')];
  await send(room, owner, image(file, { thumb, size: 999, w: 999 }));
  assert.deepEqual((await world.newest(room))?.body, { file, w: 3, h: 4, size: 13, thumb });
  assert.deepEqual(
    (await files.links(bob, [file, thumb])).map(({ id }) => id),
    [file, thumb],
  );
  // Whoever may read it may pass it on.
  const other = await world.group(1);
  await assert.rejects(send(other.room, other.owner, image(file)), { code: 'NOT_FOUND' });
  await send(room, bob, image(file));
});

test('each kind takes the files that fit it, and names the field of one that does not', async () => {
  const { room, owner } = await world.group(1);
  const of = new Map<string, string>();
  for (const mime of ['image/png', 'audio/mpeg', 'video/mp4', 'text/html'])
    of.set(mime, await upload(owner, mime));
  const id = (mime: string): string => of.get(mime) ?? '';
  const [picture, sound, film, page] = ['image/png', 'audio/mpeg', 'video/mp4', 'text/html'].map(id) as [
    string,
    string,
    string,
    string,
  ];
  const cases: [Content, string | null][] = [
    [image(picture), null],
    [image(sound), 'body.file: is audio/mpeg; allowed: a png, jpeg, gif or webp image'],
    [image(picture, { thumb: film }), 'body.thumb: is video/mp4; allowed: a png, jpeg, gif or webp image'],
    [{ kind: 'voice', body: { file: sound, ms: 1, size: 0 } }, null],
    [
      { kind: 'voice', body: { file: page, ms: 1, size: 0 } },
      'body.file: is text/html; allowed: an mp3, aac, m4a or wav recording',
    ],
    [{ kind: 'video', body: { file: film, size: 0, poster: picture } }, null],
    [{ kind: 'video', body: { file: picture, size: 0 } }, 'body.file: is image/png; allowed: an mp4 video'],
    [
      { kind: 'video', body: { file: film, size: 0, poster: page } },
      'body.poster: is text/html; allowed: a png, jpeg, gif or webp image',
    ],
    [{ kind: 'file', body: { file: page, name: 'a.html', size: 0 } }, null],
    [
      { kind: 'file', body: { file: 'unknown', size: 0 } },
      'body.file: there is no such file that you may use',
    ],
  ];
  for (const [content, message] of cases) {
    if (message === null) await send(room, owner, content);
    else await assert.rejects(send(room, owner, content), { message });
  }
});

test('a recalled picture goes with its bytes at the next sweep, which is told', async () => {
  const { room, owner } = await world.group(1);
  const file = await upload(owner, 'image/png 3x4');
  const { seq } = await send(room, owner, image(file));
  const text = await world.say(room, owner);
  world.letGo.length = 0;
  const recall = async (target: number) =>
    messages.recall(await world.actor(room, owner), { room, cid: newId(), target });
  await recall(text.seq);
  assert.equal(world.letGo.length, 0);
  await recall(seq);
  assert.equal(world.letGo.length, 1);
  await assert.rejects(files.record(file), { code: 'NOT_FOUND' });
  await files.sweep();
  assert.ok(!blobs.kept.has(file));
  await assert.rejects(files.read(file, { start: 0, end: 0 }), { code: 'NOT_FOUND' });
});

test('what was uploaded and never used goes after a day, what is used or an avatar stays', async () => {
  const { room, owner } = await world.group(1);
  const [lost, sent, face] = [
    await upload(owner, 'image/png 1x1'),
    await upload(owner, 'image/png 1x1'),
    await upload(owner, 'image/png 1x1'),
  ];
  await send(room, owner, image(sent));
  await files.mustBeAvatar(owner, face);
  await store.changeUser(owner, { avatar: face });
  clock.advance(DAY);
  await files.sweep();
  assert.ok(blobs.kept.has(lost), 'a message may be on its way with it');
  clock.advance(60_001);
  await Promise.all([files.sweep(), files.sweep()]);
  assert.deepEqual(
    [lost, sent, face].map((id) => blobs.kept.has(id)),
    [false, true, true],
  );
});

test('an avatar is a picture, and one’s own', async () => {
  const [ann, ben] = [await world.user(), await world.user()];
  const [face, sound] = [await upload(ann, 'image/png 1x1'), await upload(ann, 'audio/mpeg')];
  await files.mustBeAvatar(ann, face);
  await assert.rejects(files.mustBeAvatar(ben, face), { code: 'NOT_FOUND' });
  await assert.rejects(files.mustBeAvatar(ann, 'unknown'), { code: 'NOT_FOUND' });
  await assert.rejects(files.mustBeAvatar(ann, sound), { code: 'BAD_REQUEST' });
});

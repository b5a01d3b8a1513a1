import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFileCheck, filesIn, VERDICT_MS, type JudgedFile } from '../../server/domain/file-check.ts';
import type { FileInspector, FileUse, Verdict } from '../../server/domain/ports.ts';
import { newId } from '../../server/ids.ts';
import { openWorld } from './world.ts';

const { store, clock, user } = await openWorld();
const RISKY: Verdict = { name: 'risky', label: 1 };

function setUp() {
  const asked: string[] = [];
  const acts: [FileUse, string][] = [];
  let answer: Awaited<ReturnType<FileInspector['file']>> | null = null;
  const check = createFileCheck({
    store,
    inspector: {
      file: ({ file }) => {
        asked.push(file);
        return Promise.resolve(answer ?? { name: 'asked', trace: `trace ${file}` });
      },
    },
    clock,
    act: (use, { name }) => Promise.resolve(void acts.push([use, name])),
  });
  const [file, use] = [newId(), { room: newId(), seq: 7 }];
  const files: JudgedFile[] = [{ file, media: 'image' }];
  const answers = (next: typeof answer): void => void (answer = next);
  return { check, asked, acts, file, files, use, trace: `trace ${file}`, answers };
}

test('pictures, thumbnails, posters and voices are looked at, nothing else', () => {
  const image = { file: 'a', thumb: 'b', w: 1, h: 1, size: 1 };
  assert.deepEqual(
    filesIn({ kind: 'image', body: image }).map(({ file }) => file),
    ['a', 'b'],
  );
  assert.deepEqual(filesIn({ kind: 'voice', body: { file: 'v', ms: 1, size: 1 } }), [
    { file: 'v', media: 'voice' },
  ]);
  assert.deepEqual(filesIn({ kind: 'video', body: { file: 'm', size: 1, poster: 'p' } }), [
    { file: 'p', media: 'image' },
  ]);
  assert.deepEqual(filesIn({ kind: 'file', body: { file: 'f', size: 1 } }), []);
  assert.deepEqual(filesIn({ kind: 'text', body: { text: 'x' } }), []);
});

describe('a file that was sent', () => {
  test('is asked about once, however often it is sent; the verdict finds all its uses', async () => {
    const { check, asked, acts, files, use, trace, file } = setUp();
    await check.used('ann', files, use);
    await check.used('ann', files, { ...use, seq: 8 });
    assert.deepEqual([asked, acts], [[file], []]);
    await check.settle(trace, RISKY);
    assert.deepEqual(acts, [
      [use, 'risky'],
      [{ ...use, seq: 8 }, 'risky'],
    ]);
    await check.settle(trace, RISKY);
    assert.equal(acts.length, 2, 'a verdict that is pushed twice is acted upon once');
  });

  test('after its verdict is acted upon at once', async () => {
    const { check, acts, files, use, trace } = setUp();
    await check.used('ann', files, use);
    await check.settle(trace, RISKY);
    await check.used('ben', files, { ...use, seq: 9 });
    assert.deepEqual(acts.at(-1), [{ ...use, seq: 9 }, 'risky']);
  });

  test('that passes is left alone, one for review is told of', async () => {
    for (const [verdict, expected] of [
      [{ name: 'pass' }, []],
      [{ name: 'review', label: 2 }, ['review']],
    ] as const) {
      const { check, acts, files, use, trace } = setUp();
      await check.used('ann', files, use);
      await check.settle(trace, verdict);
      assert.deepEqual(
        acts.map(([, name]) => name),
        expected,
      );
    }
  });

  test('whose verdict does not come within half an hour is settled as judged by nobody', async () => {
    const { check, acts, files, use, trace } = setUp();
    await check.used('ann', files, use);
    clock.adjust(VERDICT_MS);
    await check.sweep();
    assert.equal(acts.length, 0);
    clock.adjust(1);
    await check.sweep();
    assert.deepEqual(acts, [[use, 'unknown']]);
    await check.settle(trace, RISKY);
    assert.equal(acts.length, 1, 'what comes later is too late');
  });

  test('that the judge cannot be asked about is acted upon; of a person unknown to it, left alone', async () => {
    const { check, acts, files, use, answers } = setUp();
    answers({ name: 'unknown', why: 'quota' });
    await check.used('ann', files, use);
    assert.deepEqual(acts, [[use, 'unknown']]);
    answers({ name: 'exempt' });
    await check.used('bot', files, use);
    assert.equal(acts.length, 1);
  });
});

describe('a file that is about to be sent', () => {
  test('has no verdict until it comes; then it has it', async () => {
    const { check, asked, files, trace } = setUp();
    assert.equal(await check.verdict('ann', files), null);
    assert.equal(await check.verdict('ann', files), null);
    assert.equal(asked.length, 1);
    await check.settle(trace, { name: 'pass' });
    assert.deepEqual(await check.verdict('ann', files), { name: 'pass' });
  });

  test('of several the worst counts, and what is risky is not waited with', async () => {
    const { check, files, file } = setUp();
    const other: JudgedFile = { file: newId(), media: 'image' };
    await check.verdict('ann', [...files, other]);
    await check.settle(`trace ${other.file}`, RISKY);
    assert.equal((await check.verdict('ann', [...files, other]))?.name, 'risky');
    assert.equal(await check.verdict('ann', files), null);
    await check.settle(`trace ${file}`, { name: 'pass' });
    assert.equal((await check.verdict('ann', files))?.name, 'pass');
  });

  test('whose verdict was lost is asked about anew', async () => {
    const { check, asked, files, trace } = setUp();
    await check.verdict('ann', files);
    await check.settle(trace, { name: 'unknown', why: 'no-answer' });
    assert.equal(await check.verdict('ann', files), null);
    assert.equal(asked.length, 2);
  });
});

test('an avatar that turns out to be risky is taken away', async () => {
  const { check, files, file, trace } = setUp();
  const ann = await user();
  await store.reserveFile({ id: file, owner: ann, created: clock.now(), expires: clock.now() + 1_000_000 });
  await store.completeFile(file, { mime: 'image/png', size: 1, w: 1, h: 1 });
  await store.changeUser(ann, { avatar: file });
  await check.verdict(ann, files);
  await check.settle(trace, RISKY);
  assert.equal((await store.user(ann))?.avatar, undefined);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Draft, Placed } from '../../server/domain/ports.ts';
import { Refusal } from '../../server/outcome.ts';
import { Scene, seqs, upTo } from './scene.ts';
import { SqliteFolder } from './sqlite-folder.ts';

const isUnavailable = (reason: unknown): boolean =>
  reason instanceof Refusal && reason.code === 'UNAVAILABLE';

describe('the embedded store on its disk', () => {
  const folders: SqliteFolder[] = [];
  after(() => Promise.all(folders.map((folder) => folder.dispose())));

  async function make(options: { maxPages?: number } = {}): Promise<{ folder: SqliteFolder; scene: Scene }> {
    const scene = new Scene();
    const folder = await SqliteFolder.make({ clock: scene.clock, ...options });
    folders.push(folder);
    await folder.open();
    await scene.start(() => Promise.resolve(folder));
    return { folder, scene };
  }

  test('calls of one turn, to many rooms, are one transaction', async () => {
    const { folder, scene } = await make();
    const [ann = ''] = await scene.users(1);
    const rooms = await Promise.all(Array.from({ length: 50 }, () => scene.room([ann])));
    const commits = await commitsInWal(folder);
    const { batches } = folder.store.stats().writer;
    await Promise.all(rooms.map((room) => scene.say(room, scene.text(ann))));
    assert.equal(folder.store.stats().writer.batches - batches, 1);
    assert.equal((await commitsInWal(folder)) - commits, 1);
  });

  test('a call at fault is undone alone; the others of its batch are stored', async () => {
    const { scene } = await make();
    const [ann = ''] = await scene.users(1);
    const room = await scene.room([ann]);
    const faulty = { ...scene.text(ann), body: undefined } as unknown as Draft;
    const outcomes = await Promise.allSettled([
      scene.append(room, scene.text(ann)),
      scene.append(room, scene.text(ann), faulty),
      scene.append(room, scene.text(ann)),
    ]);
    const ts = scene.clock.now();
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'rejected')),
      [[{ seq: 2, ts }], 'rejected', [{ seq: 3, ts }]],
    );
    const fault: unknown = outcomes[1]?.status === 'rejected' ? outcomes[1].reason : null;
    assert.ok(fault instanceof Error && !(fault instanceof Refusal), 'a bug, not a refusal');
    assert.match(fault.message, /^store: append failed: /);
    assert.deepEqual(seqs(await scene.log(room)), [1, 2, 3]);
  });

  test('a full disk refuses the whole batch, and the store serves on', async () => {
    const { folder, scene } = await make({ maxPages: 100 });
    const [ann = '', ben = ''] = await scene.users(2);
    const [room, other] = [await scene.room([ann, ben]), await scene.room([ann])];
    const large = () => scene.text(ann, { body: { text: 'x'.repeat(20_000) } });
    const acked: Placed[] = [];
    await assert.rejects(async () => {
      for (;;) {
        const [[placed]] = await Promise.all([
          scene.append(room, large()),
          scene.append(other, scene.text(ann, { body: { text: 'y'.repeat(1_000) } })),
        ]);
        if (placed) acked.push(placed);
      }
    }, isUnavailable);

    const { length } = acked;
    assert.ok(length > 2, 'there was room for some');
    assert.deepEqual(
      seqs(await scene.log(room)),
      upTo(length + 1),
      'what was refused is not there, what was acked is',
    );
    assert.deepEqual(seqs(await scene.log(other)), upTo(length + 1), 'the other calls of that batch neither');
    assert.equal(await scene.store.markRead(room, ben, 2), 2, 'what needs no room is written');
    await assert.rejects(scene.append(room, large()), isUnavailable);

    await folder.reopen({ maxPages: 1_000 });
    await scene.start(() => Promise.resolve(folder));
    assert.deepEqual(seqs(await scene.log(room)), upTo(length + 1));
    assert.equal((await scene.store.summary(room, ben))?.unread, length - 1);
    assert.equal(await scene.say(room, large()), length + 2);
  });

  test('what was recalled is in no file of the folder any more', async () => {
    const { folder, scene } = await make();
    const [ann = ''] = await scene.users(1);
    const rooms = await Promise.all(Array.from({ length: 7 }, () => scene.room([ann])));
    const marks = Array.from({ length: 700 }, (_, i) => `mark-${String(i).padStart(4, '0')}`);
    const recalls: { mark: string; room: string; target: number }[] = [];
    for (let from = 0; from < marks.length; from += 20) {
      await Promise.all(
        marks.slice(from, from + 20).map(async (mark, i) => {
          const room = rooms[(from + i * i) % rooms.length] ?? '';
          const text = mark + '茶'.repeat((from * 7 + i * 131) % 2_000);
          const target = await scene.say(room, scene.text(ann, { body: { text } }));
          if ((from + i) % 3 === 0) recalls.push({ mark, room, target });
        }),
      );
    }
    for (const { room, target } of recalls) await scene.say(room, scene.recall(ann, target));
    await folder.close();

    const files = await Promise.all(
      (await readdir(folder.path)).map((name) => readFile(join(folder.path, name))),
    );
    const found = new Set(
      Buffer.concat(files)
        .toString('latin1')
        .match(/mark-\d{4}/g),
    );
    const erased = new Set(recalls.map(({ mark }) => mark));
    assert.ok(erased.size > 200);
    assert.deepEqual(
      [...found].toSorted(),
      marks.filter((mark) => !erased.has(mark)),
    );
  });

  test('of words that were recalled or edited away, the search index keeps nothing on the disk', async () => {
    const { folder, scene } = await make();
    const [ann = ''] = await scene.users(1);
    const room = await scene.room([ann]);
    const say = (text: string) => scene.say(room, scene.text(ann, { body: { text } }));
    // Characters so far apart that the index, which shortens neighbours, holds each of them whole.
    const [recalled, edited, kept] = ['龘', 'ж', '뷁'];
    const first = await say(`${recalled}`);
    const second = await say(`${edited}`);
    await say(`${kept}`);
    const indexed = async (): Promise<string[]> => {
      await folder.close();
      const db = new DatabaseSync(join(folder.path, 'search.db'), { readOnly: true });
      const blocks = db.prepare('SELECT block FROM search_data').all() as { block: Uint8Array }[];
      db.close();
      await scene.start(() => folder.reopen().then(() => folder));
      const bytes = Buffer.concat(blocks.map(({ block }) => block));
      return [recalled, edited, kept].filter((char) => bytes.includes(char));
    };
    assert.deepEqual(await indexed(), [recalled, edited, kept]);
    await scene.say(room, scene.recall(ann, first));
    const change = { type: 'edit', target: second, text: 'new' } as const;
    await scene.say(room, scene.text(ann, { kind: 'edit', body: { text: 'new' }, target: second, change }));
    assert.deepEqual(await indexed(), [kept]);
  });

  for (const round of [1, 2, 3]) {
    test(`kill -9 in the middle of appends loses nothing that was acknowledged (round ${round})`, async () => {
      const folder = await SqliteFolder.make();
      folders.push(folder);
      const acked = await appendUntil(150 * round, folder.path);
      const store = await folder.open();
      const { head } = await store.page('room', { limit: 1 });
      const stored = new Map<number, string | undefined>();
      for (let from = 0; from < head; from += 500) {
        const { entries } = await store.page('room', { after: from, limit: 500 });
        for (const { seq, cid } of entries) stored.set(seq, cid);
      }
      assert.deepEqual([...stored.keys()], upTo(head));
      for (const [seq, cid] of acked) assert.equal(stored.get(seq), cid, `entry ${seq}`);
      assert.equal((await store.summary('room', 'ann'))?.unread, 0);
    });
  }

  test('each login sweeps away a few of those that have expired, and none that has not', async () => {
    const { scene } = await make();
    const hashes = Array.from({ length: 45 }, () => scene.id('hash'));
    const openLogin = (hash: string) =>
      scene.store.openLogin({ sid: `sid of ${hash}`, user: 'ann', expires: scene.clock.now() + 1_000 }, hash);
    const kept = async () => {
      const logins = await Promise.all(hashes.map((hash) => scene.store.loginOf(hash)));
      return logins.filter((login) => login !== null).length;
    };
    for (const hash of hashes) await openLogin(hash);
    scene.clock.adjust(999);
    await openLogin('late');
    assert.equal(await kept(), 45);
    scene.clock.adjust(1);
    for (const left of [25, 5, 0]) {
      await openLogin(scene.id('hash'));
      assert.equal(await kept(), left);
    }
    assert.notEqual(await scene.store.loginOf('late'), null);
  });
});

/** Kills the appending process when it has told of `count` entries; gives all that it told of. */
async function appendUntil(count: number, dataDir: string): Promise<Map<number, string>> {
  const program = fileURLToPath(new URL('append-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acked = new Map<number, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, seq, cid] = /^(\d+) ([\w-]+)$/.exec(line) ?? [];
    // The last line may be cut off.
    if (seq === undefined || cid?.length !== 20) continue;
    acked.set(Number(seq), cid);
    if (acked.size === count) child.kill('SIGKILL');
  }
  await exited;
  assert.ok(acked.size >= count);
  return acked;
}

/**
 * Transactions in the write-ahead log (https://sqlite.org/fileformat2.html#walformat): a frame that ends one says
 * how large the database then is; others say 0. Frames of an earlier round of the log bear another salt.
 */
async function commitsInWal({ file }: SqliteFolder): Promise<number> {
  const wal = await readFile(`${file}-wal`);
  const frameSize = 24 + wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let at = 32; at + frameSize <= wal.length; at += frameSize) {
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

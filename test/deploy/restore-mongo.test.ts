/**
 * What docs/operations.md says of a backup, done: the database is copied as mongodump and mongorestore do, its epoch
 * bumped, and a phone that had seen more than the backup holds drops what it has.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { withDatabase } from '../store/mongo-database.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const PROGRAM = fileURLToPath(new URL('../../server/cli/main.ts', import.meta.url));

const WARNINGS = '--disable-warning=ExperimentalWarning';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function bumpEpoch(env: Record<string, string>): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [WARNINGS, PROGRAM, 'store', 'bump-epoch', '--yes'], {
    cwd: env['DATA_DIR'],
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

await againstMongo(({ name, url }) => {
  test(`a backup of ${name} restored into a new database: a phone that was ahead of it starts anew`, async (t) => {
    const [mine, restored] = ['a', 'b'].map(() => `chahua_test_${randomBytes(6).toString('hex')}`);
    const client = new MongoClient(url);
    const dbs = [mine, restored].map((of) => client.db(of));
    const [from, to] = dbs;
    assert.ok(mine !== undefined && restored !== undefined && from && to);
    t.after(async () => {
      for (const db of dbs) await db.dropDatabase();
      await client.close();
    });
    const JWT_KEYS = `k1:${randomBytes(32).toString('hex')}`;
    const env = { MONGODB_URL: withDatabase(url, mine), JWT_KEYS };
    const before = await ServerProcess.start({ env });
    t.after(() => before.stop());
    const ann = await RawClient.arrive(before.url, 'ann');
    const [lobby] = ann.hello.rooms;
    assert.ok(lobby);
    const room = lobby.id;
    for (let i = 0; i < 5; i += 1) await ann.client.sendText(room, `cid-${i}`, `text ${i}`);
    const kept = await ann.client.history(room);

    for (const { name: collection } of await from.listCollections().toArray()) {
      const docs = await from.collection(collection).find().toArray();
      if (docs.length > 0) await to.collection(collection).insertMany(docs);
    }
    for (let i = 5; i < 9; i += 1) await ann.client.sendText(room, `cid-${i}`, `text ${i}`);
    const held = { epoch: ann.hello.epoch, cursors: { [room]: kept.length + 4 } };
    const refused = await bumpEpoch({ ...env, DATA_DIR: before.dataDir });
    assert.deepEqual(
      [refused.code, refused.out, refused.err],
      [1, '', 'chahua: MONGODB_URL: servers at work on this database: 1; stop them first\n'],
    );
    assert.equal(await before.sigterm(), 0);

    const own = { MONGODB_URL: withDatabase(url, restored), JWT_KEYS };
    const bumped = await bumpEpoch({ ...own, DATA_DIR: before.dataDir });
    assert.equal(bumped.code, 0, bumped.err);
    assert.match(bumped.out, new RegExp(`^epoch ${ann.hello.epoch} → \\S+\\n$`));
    const after = await ServerProcess.start({ env: own });
    t.after(() => after.stop());
    const again = await RawClient.arrive(after.url, 'ann', held);
    assert.notEqual(again.hello.epoch, held.epoch);
    const summary = again.hello.rooms.find(({ id }) => id === room);
    assert.deepEqual([summary?.reset, summary?.head], [true, kept.length]);
    assert.deepEqual(await again.client.history(room), kept);
    const { seq } = await again.client.sendText(room, 'cid-8', 'text 8');
    assert.equal(seq, kept.length + 1);
  });
});

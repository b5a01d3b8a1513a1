/** What every store promises of what moderators do and keep. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import type { AuditRecord, Report, Sanction } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

export const record = (scene: Scene, more: Partial<AuditRecord> = {}): AuditRecord => ({
  ts: scene.clock.now(),
  actor: 'mod',
  act: 'user.mute',
  target: 'somebody',
  room: '',
  reason: 'because',
  before: null,
  after: { until: 5 },
  ...more,
});

export function moderationContract(scene: Scene): void {
  const sanction = (user: string, more: Partial<Sanction> = {}): Sanction => ({
    user,
    kind: 'mute',
    room: '',
    until: scene.clock.now() + 60_000,
    reason: 'noise',
    by: 'mod',
    since: scene.clock.now(),
    ...more,
  });

  describe('a sanction', () => {
    test('is in force until it ends by itself, beside those of other kinds and places', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const [short, long] = [sanction(ann), sanction(ann, { kind: 'ban', room: 'r1', until: FOREVER })];
      await scene.store.sanction(short, record(scene));
      await scene.store.sanction(long, record(scene));
      const found = await scene.store.sanctions([ann, ben], scene.clock.now());
      assert.deepEqual(
        found.toSorted((a, b) => a.until - b.until),
        [short, long],
      );
      assert.deepEqual(await scene.store.sanctions([ann], short.until), [long]);
      assert.deepEqual(await scene.store.sanctions([ben], 0), []);
      assert.deepEqual(await scene.store.sanctions([], 0), []);
    });

    test('takes the place of the one before it of its kind and place', async () => {
      const [ann = ''] = await scene.users(1);
      await scene.store.sanction(sanction(ann, { until: FOREVER }), record(scene));
      const second = sanction(ann, { reason: 'second thought' });
      await scene.store.sanction(second, record(scene));
      assert.deepEqual(await scene.store.sanctions([ann], scene.clock.now()), [second]);
    });

    test('is lifted once, and that is a change like its beginning', async () => {
      const [ann = ''] = await scene.users(1);
      const key = { user: ann, kind: 'mute', room: '' } as const;
      assert.equal(await scene.store.lift(key, record(scene)), false);
      await scene.store.sanction(sanction(ann), record(scene));
      scene.clock.adjust(10_000);
      const lifted = scene.clock.now();
      assert.equal((await scene.store.sanctionedSince(lifted)).includes(ann), false);
      assert.equal(await scene.store.lift(key, record(scene, { ts: lifted })), true);
      assert.deepEqual(await scene.store.sanctions([ann], lifted), []);
      assert.equal((await scene.store.sanctionedSince(lifted)).includes(ann), true);
      assert.equal(await scene.store.lift(key, record(scene)), false);
      assert.equal((await scene.store.audits({ target: 'somebody', limit: 1 })).records.length, 1);
    });

    test('is listed with all in force, the newest first, a page at a time', async () => {
      const users = await scene.users(3);
      scene.clock.adjust(1_000_000);
      for (const user of users) {
        scene.clock.adjust(1_000);
        await scene.store.sanction(sanction(user), record(scene));
      }
      const now = scene.clock.now();
      const first = await scene.store.sanctionsInForce({ now, limit: 2 });
      assert.deepEqual(
        first.map(({ user }) => user),
        [users[2], users[1]],
      );
      const rest = await scene.store.sanctionsInForce({ now, before: now - 1_000, limit: 1 });
      assert.equal(rest[0]?.user, users[0]);
    });
  });

  describe('the audit log', () => {
    test('gives records by actor, by target or room, by time, and none of the acts left out', async () => {
      const [actor, target, room] = [scene.id('actor'), scene.id('target'), scene.id('room')];
      scene.clock.adjust(1_000_000);
      const early = record(scene, { actor, target, room, act: 'user.mute' });
      await scene.store.audit(early);
      scene.clock.adjust(1_000);
      const look = record(scene, { actor, target: room, room: '', act: 'message.list', after: null });
      await scene.store.audit(look);
      const found = async (query: object) =>
        (await scene.store.audits({ limit: 10, ...query })).records.map(({ id: _, ...rest }) => rest);
      assert.deepEqual(await found({ actor }), [look, early]);
      assert.deepEqual(await found({ target }), [early]);
      assert.deepEqual(await found({ target: room }), [look, early]);
      assert.deepEqual(await found({ actor, since: look.ts }), [look]);
      assert.deepEqual(await found({ actor, without: ['message.list'] }), [early]);
      assert.deepEqual(await found({ actor: 'nobody' }), []);
    });

    test('is paged backwards from the newest, and followed forwards', async () => {
      const actor = scene.id('actor');
      for (const reason of ['one', 'two', 'three', 'four']) {
        await scene.store.audit(record(scene, { actor, reason }));
      }
      const newest = await scene.store.audits({ actor, limit: 2 });
      assert.deepEqual([newest.records.map(({ reason }) => reason), newest.more], [['four', 'three'], true]);
      const before = newest.records[1]?.id ?? '';
      const older = await scene.store.audits({ actor, before, limit: 2 });
      assert.deepEqual([older.records.map(({ reason }) => reason), older.more], [['two', 'one'], false]);
      const following = await scene.store.audits({ actor, after: older.records[1]?.id ?? '', limit: 9 });
      assert.deepEqual(
        following.records.map(({ reason }) => reason),
        ['two', 'three', 'four'],
      );
    });

    test('holds the act that an entry is, together with the entry or not at all', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const audit = record(scene, { act: 'room.rename', target: room, room });
      const change = { type: 'rename', name: 'Renamed' } as const;
      const stored = { ...scene.notice('', change), audit };
      await scene.append(room, stored);
      await scene.append(room, { ...scene.notice('', { type: 'leave', user: ben }), audit });
      assert.equal((await scene.store.audits({ target: room, limit: 9 })).records.length, 1);
      assert.equal('audit' in ((await scene.log(room))[1] ?? {}), false);
    });
  });

  describe('a report', () => {
    const report = (more: Partial<Report> = {}): Report => ({
      id: scene.id('report'),
      room: scene.id('room'),
      target: 2,
      against: 'ann',
      reporter: 'ben',
      reason: 'spam',
      note: '一',
      ts: scene.clock.now(),
      context: [{ seq: 2, ts: 1, from: 'ann', kind: 'text', body: { text: 'buy' } }],
      ...more,
    });
    const resolved = { action: 'recall', by: 'mod', ts: 9, reason: 'spam' } as const;

    test('is kept whole, once a reporter and message', async () => {
      const first = report();
      assert.equal(await scene.store.addReport(first), true);
      assert.equal(await scene.store.addReport({ ...first, id: scene.id('report'), note: 'again' }), false);
      assert.equal(await scene.store.addReport({ ...first, id: scene.id('report'), reporter: '' }), true);
      assert.deepEqual(await scene.store.report(first.id), first);
      assert.equal(await scene.store.report('none'), null);
    });

    test('is resolved with all others of its message; who reported is told once', async () => {
      const [ann, ben] = [scene.id('user'), scene.id('user')];
      const one = report({ reporter: ann });
      const other = report({ room: one.room, reporter: ben });
      const elsewhere = report({ reporter: ann });
      for (const each of [one, other, elsewhere]) await scene.store.addReport(each);
      const message = { room: one.room, target: one.target };
      const done = await scene.store.resolveReports(message, resolved, record(scene, { target: one.id }));
      assert.deepEqual(done, [
        { ...one, resolved },
        { ...other, resolved },
      ]);
      assert.deepEqual(await scene.store.resolveReports(message, resolved, record(scene)), []);
      assert.equal((await scene.store.audits({ target: one.id, limit: 9 })).records.length, 1);
      assert.deepEqual(await scene.store.untoldReports(ann), [{ ...one, resolved }]);
      await scene.store.markTold([one.id]);
      assert.deepEqual(await scene.store.untoldReports(ann), []);
      assert.equal((await scene.store.untoldReports(ben)).length, 1);
      assert.deepEqual(await scene.store.untoldReports(''), []);
    });

    test('is listed newest first, open ones alone if asked, a page at a time', async () => {
      const made = [report(), report(), report()];
      for (const each of made) await scene.store.addReport(each);
      const [first, second, third] = made as [Report, Report, Report];
      await scene.store.resolveReports({ room: second.room, target: 2 }, resolved, record(scene));
      const all = await scene.store.reports({ open: false, limit: 3 });
      assert.deepEqual([all.reports.map(({ id }) => id), all.more], [[third.id, second.id, first.id], true]);
      const open = await scene.store.reports({ open: true, before: third.id, limit: 1 });
      assert.deepEqual(
        open.reports.map(({ id }) => id),
        [first.id],
      );
    });
  });
}

/** What every store promises of the log: order, no gaps, one copy of a cid, pages, erasure. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Draft, PageRange, Placed } from '../../server/domain/ports.ts';
import { type Scene, seqs, upTo } from './scene.ts';

export function logContract(scene: Scene): void {
  describe('append', () => {
    test('entries get the seqs after the head, in the order given', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const placed = await scene.append(
        room,
        ...['a', 'b', 'c'].map((text) => scene.text(ann, { body: { text } })),
      );
      const ts = scene.clock.now();
      assert.deepEqual(placed, [
        { seq: 2, ts },
        { seq: 3, ts },
        { seq: 4, ts },
      ]);
      const texts = (await scene.log(room)).slice(1).map(({ body }) => body);
      assert.deepEqual(texts, [{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
    });

    test('every field of a draft comes back, and none that it did not have', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const full: Draft = scene.text(ann, { reply: 1, mentions: [ann], target: 1, ts: 1_700_000_000_123 });
      const { change: _, ...fields } = full;
      const seq = await scene.say(room, full);
      assert.deepEqual(await scene.store.entry(room, seq), { seq, ...fields });

      const bare: Draft = {
        from: '',
        ts: 5,
        kind: 'custom',
        body: { type: 'x', data: [null, { deep: '"\\' }] },
      };
      const next = await scene.say(room, bare);
      assert.deepEqual(await scene.store.entry(room, next), { seq: next, ...bare });

      const toAll = await scene.say(room, scene.text(ann, { mentions: 'all' }));
      assert.equal((await scene.store.entry(room, toAll))?.mentions, 'all');
    });

    for (const [name, text] of [
      ['right-to-left and zero-width characters', '\u202eabc\u200b\u200d\u202c'],
      ['characters outside the first plane', '茶🍵👩‍👩‍👧‍👦'],
      ['NUL', 'a\u0000b'],
      ['a lone surrogate', 'a\ud800b'],
      ['markup and quotes', `<script>'"\\;--</script>`],
    ] as const) {
      test(`text with ${name} comes back unchanged`, async () => {
        const [ann = ''] = await scene.users(1);
        const room = await scene.room([ann]);
        const seq = await scene.say(room, scene.text(ann, { body: { text } }));
        assert.deepEqual((await scene.store.entry(room, seq))?.body, { text });
      });
    }

    test('50 appenders over several rooms at once leave no gap and no double', async () => {
      const people = await scene.users(50);
      const rooms = await Promise.all([1, 2, 3].map(() => scene.room(people)));
      const acked = new Map<string, Map<number, string>>(rooms.map((room) => [room, new Map()]));
      await Promise.all(
        people.map(async (person, p) => {
          for (let i = 0; i < 12; i += 1) {
            const room = rooms[(p + i) % rooms.length] ?? '';
            const drafts = Array.from({ length: 1 + (i % 3) }, () => scene.text(person));
            const placed = await scene.append(room, ...drafts);
            placed.forEach((place, d) => {
              assert.ok('seq' in place);
              assert.ok(!acked.get(room)?.has(place.seq), 'a seq is given once');
              acked.get(room)?.set(place.seq, drafts[d]?.cid ?? '');
            });
          }
        }),
      );
      for (const room of rooms) {
        const log = await scene.log(room);
        assert.deepEqual(seqs(log), upTo(log.length));
        const stored = new Map(log.slice(1).map(({ seq, cid }) => [seq, cid]));
        assert.deepEqual(stored, acked.get(room));
      }
    });

    test("one appender's drafts keep their order", async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const drafts = Array.from({ length: 40 }, (_, i) => scene.text(i % 2 ? ann : ben));
      await Promise.all(drafts.map((draft) => scene.say(room, draft)));
      const cids = (await scene.log(room)).slice(1).map(({ cid }) => cid);
      assert.deepEqual(
        cids,
        drafts.map(({ cid }) => cid),
      );
    });

    test('what was answered is seen by every read asked for afterwards', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      for (let i = 0; i < 50; i += 1) {
        const seq = await scene.say(room, scene.text(ann));
        const [entry, page, summary] = await Promise.all([
          scene.store.entry(room, seq),
          scene.store.page(room, { limit: 1 }),
          scene.store.summary(room, ann),
        ]);
        assert.deepEqual([entry?.seq, page.head, page.entries[0]?.seq, summary?.head], [seq, seq, seq, seq]);
      }
    });
  });

  describe('a repeated cid', () => {
    test('in the same batch gives the first seq and writes nothing', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const first = scene.text(ann);
      const placed = await scene.append(room, first, { ...first, body: { text: 'other' } }, scene.text(ann));
      const { ts } = first;
      assert.deepEqual(placed, [
        { seq: 2, ts },
        { seq: 2, ts, repeated: true },
        { seq: 3, ts },
      ]);
      assert.equal((await scene.log(room)).length, 3);
      assert.deepEqual((await scene.store.entry(room, 2))?.body, first.body);
    });

    test('later, and after the store was opened anew, gives the first seq and time', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const first = scene.text(ann);
      await scene.append(room, first, scene.text(ann));
      const again = { ...first, ts: first.ts + 86_400_000 };
      const expected: Placed = { seq: 2, ts: first.ts, repeated: true };
      assert.deepEqual(await scene.append(room, again), [expected]);
      await scene.reopen();
      assert.deepEqual(await scene.append(room, again), [expected]);
      assert.equal(await scene.say(room, scene.text(ann)), 4);
    });

    test('by many at once is stored once', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const draft = scene.text(ann);
      const places = (await Promise.all(Array.from({ length: 20 }, () => scene.append(room, draft)))).flat();
      assert.deepEqual(
        places.filter((place) => 'seq' in place && !place.repeated),
        [{ seq: 2, ts: draft.ts }],
      );
      assert.ok(places.every((place) => 'seq' in place && place.seq === 2));
      assert.equal((await scene.log(room)).length, 2);
    });

    test('is of its sender and its room alone', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const other = await scene.room([ann, ben]);
      const { cid = '' } = scene.text(ann);
      assert.equal(await scene.say(room, scene.text(ann, { cid })), 2);
      assert.equal(await scene.say(room, scene.text(ben, { cid })), 3);
      assert.equal(await scene.say(other, scene.text(ann, { cid })), 2);
      assert.deepEqual(await scene.store.find(room, ben, cid), { seq: 3, ts: scene.clock.now() });
    });

    test('of a change is not judged again', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const invite: Draft = {
        ...scene.notice(ann, { type: 'join', users: [ben], role: 'member' }),
        cid: scene.id('cid'),
      };
      const seq = await scene.say(room, invite);
      const repeat: Placed = { seq, ts: invite.ts, repeated: true };
      assert.deepEqual(await scene.append(room, invite), [repeat]);
      assert.equal((await scene.store.summary(room, ann))?.members, 2);
    });

    test('of somebody who has left since gives the first seq', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const draft = scene.text(ben);
      await scene.append(room, draft, scene.leave(ben));
      assert.deepEqual(await scene.append(room, draft), [{ seq: 2, ts: draft.ts, repeated: true }]);
    });

    test('does not count as sent', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const draft = scene.text(ann);
      await scene.append(room, draft, draft, draft);
      await scene.append(room, draft);
      await scene.say(room, scene.text(ben));
      assert.equal((await scene.store.summary(room, ann))?.unread, 1);
    });
  });

  describe('find', () => {
    test('gives the place of a cid, null where there is none', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const draft = scene.text(ann);
      const seq = await scene.say(room, draft);
      const { cid = '', ts } = draft;
      assert.deepEqual(await scene.store.find(room, ann, cid), { seq, ts });
      assert.equal(await scene.store.find(room, ben, cid), null);
      assert.equal(await scene.store.find(room, ann, 'other'), null);
      assert.equal(await scene.store.find('no-room', ann, cid), null);
    });
  });

  describe('a refused draft', () => {
    test('leaves no hole, and the others of the batch are stored', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const placed = await scene.append(
        room,
        scene.text(ann),
        scene.text(ben),
        scene.recall(ann, 1),
        scene.text(ann),
        scene.notice(ann, { type: 'leave', user: ben }),
        scene.text(ann),
      );
      const ts = scene.clock.now();
      assert.deepEqual(placed, [
        { seq: 2, ts },
        { refused: 'not-member' },
        { refused: 'recalled' },
        { seq: 3, ts },
        { refused: 'not-member' },
        { seq: 4, ts },
      ]);
      assert.deepEqual(seqs(await scene.log(room)), [1, 2, 3, 4]);
    });

    test('of a room that does not exist is refused no-room', async () => {
      const [ann = ''] = await scene.users(1);
      assert.deepEqual(await scene.append('no-room', scene.text(ann), scene.text('')), [
        { refused: 'no-room' },
        { refused: 'no-room' },
      ]);
      assert.equal(await scene.store.room('no-room'), null);
    });
  });

  describe('page', () => {
    /** head 10, limit 4 */
    const cases: [string, PageRange, number[], boolean][] = [
      ['none: the newest page', { limit: 4 }, [7, 8, 9, 10], true],
      ['none, all fits', { limit: 10 }, upTo(10), false],
      ['none, room to spare', { limit: 99 }, upTo(10), false],
      ['before 5', { before: 5, limit: 4 }, [1, 2, 3, 4], false],
      ['before 6', { before: 6, limit: 4 }, [2, 3, 4, 5], true],
      ['before 3: a short page', { before: 3, limit: 4 }, [1, 2], false],
      ['before 1: nothing', { before: 1, limit: 4 }, [], false],
      ['before the next: the newest page', { before: 11, limit: 4 }, [7, 8, 9, 10], true],
      ['before what does not exist yet: the newest page', { before: 999, limit: 4 }, [7, 8, 9, 10], true],
      ['after 0: the oldest page', { after: 0, limit: 4 }, [1, 2, 3, 4], true],
      ['after 5', { after: 5, limit: 4 }, [6, 7, 8, 9], true],
      ['after 6: the last full page', { after: 6, limit: 4 }, [7, 8, 9, 10], false],
      ['after 8: a short page', { after: 8, limit: 4 }, [9, 10], false],
      ['after the head: nothing', { after: 10, limit: 4 }, [], false],
      ['after what does not exist yet: nothing', { after: 999, limit: 4 }, [], false],
      ['around 5', { around: 5, limit: 4 }, [3, 4, 5, 6], true],
      ['around 5, odd', { around: 5, limit: 3 }, [4, 5, 6], true],
      ['around the first', { around: 1, limit: 4 }, [1, 2, 3, 4], true],
      ['around the head', { around: 10, limit: 4 }, [7, 8, 9, 10], true],
      ['around what does not exist yet', { around: 999, limit: 4 }, [7, 8, 9, 10], true],
      ['around, all fits', { around: 5, limit: 10 }, upTo(10), false],
      ['around, one alone', { around: 5, limit: 1 }, [5], true],
    ];
    for (const [name, range, expected, more] of cases) {
      test(name, async () => {
        const [ann = ''] = await scene.users(1);
        const room = await scene.room([ann]);
        await scene.append(room, ...Array.from({ length: 9 }, () => scene.text(ann)));
        const page = await scene.store.page(room, range);
        assert.deepEqual({ ...page, entries: seqs(page.entries) }, { entries: expected, head: 10, more });
      });
    }

    test('of a room that does not exist is empty', async () => {
      assert.deepEqual(await scene.store.page('no-room', { limit: 4 }), {
        entries: [],
        head: 0,
        more: false,
      });
      assert.equal(await scene.store.entry('no-room', 1), null);
    });

    test('an entry that does not exist is null', async () => {
      const room = await scene.room([]);
      assert.equal(await scene.store.entry(room, 2), null);
      assert.equal(await scene.store.entry(room, 0), null);
    });
  });

  describe('recall', () => {
    test('erases the body and the mentions of its target, in the log and in the summary', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const secret = scene.text(ann, { mentions: [ben], reply: 1 });
      const seq = await scene.say(room, secret);
      await scene.say(room, scene.recall(ann, seq));
      const { cid, ts } = secret;
      const erased = { seq, ts, from: ann, kind: 'text', body: {}, cid, reply: 1, recalled: true };
      assert.deepEqual(await scene.store.entry(room, seq), erased);
      assert.deepEqual((await scene.store.page(room, { after: 1, limit: 1 })).entries, [erased]);
      assert.deepEqual((await scene.store.summary(room, ben))?.last, erased);
      assert.equal((await scene.store.page(room, { limit: 1 })).entries[0]?.kind, 'recall');
    });

    test('erases the edits of its target and no others', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const edit = (target: number) => scene.text(ann, { kind: 'edit', target });
      await scene.append(room, scene.text(ann), scene.text(ann), edit(2), edit(3), scene.recall(ann, 2));
      const [edited, kept] = (await scene.log(room)).slice(3);
      assert.deepEqual([edited?.body, edited?.recalled], [{}, true]);
      assert.match(JSON.stringify(kept?.body), /text of/);
      assert.equal((await scene.store.entry(room, 3))?.recalled, undefined);
    });

    test('a second time, of a notice, of another change or of nothing is refused', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.append(room, scene.text(ann), scene.recall(ann, 2));
      const react = scene.text(ann, { kind: 'react', body: { emoji: '🍵', on: true }, target: 2 });
      await scene.append(room, react);
      const placed = await scene.append(room, ...[2, 1, 3, 4, 99].map((target) => scene.recall(ann, target)));
      assert.deepEqual(
        placed,
        placed.map(() => ({ refused: 'recalled' })),
      );
      assert.equal((await scene.log(room)).length, 4);
    });

    test('of two at once, one is stored', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.say(room, scene.text(ben));
      const both = await Promise.all([ann, ben].map((user) => scene.append(room, scene.recall(user, 2))));
      assert.deepEqual(both.flat(), [{ seq: 3, ts: scene.clock.now() }, { refused: 'recalled' }]);
    });
  });
}

/** What every store promises of searching: all that holds the words, the newest first, and nothing that was taken back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Draft, SearchQuery } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

export function searchContract(scene: Scene): void {
  const say = (from: UserId, text: string): Draft => scene.text(from, { body: { text } });
  const edit = (from: UserId, target: number, text: string): Draft =>
    scene.text(from, { kind: 'edit', body: { text }, target, change: { type: 'edit', target, text } });
  const find = (user: UserId | null, query: string, more: Partial<SearchQuery> = {}) =>
    scene.store.search(user, { query, limit: 20, ...more });
  const seqs = async (user: UserId, query: string, more: Partial<SearchQuery> = {}): Promise<number[]> =>
    (await find(user, query, more)).hits.map(({ entry }) => entry.seq);

  async function roomOf(...texts: string[]): Promise<{ ann: UserId; room: RoomId }> {
    const [ann = ''] = await scene.users(1);
    const room = await scene.room([ann]);
    await scene.append(room, ...texts.map((text) => say(ann, text)));
    return { ann, room };
  }

  describe('search', () => {
    const text = '今天下午三点开会，讨论 Budget 2026：ｆｕｌｌ　ｗｉｄｔｈ, naïve “quotes" & 50% off_*';
    for (const query of [
      '三点',
      '三',
      '会',
      '今天下午三点开会',
      '午三点开',
      'budget',
      'BUDGET',
      'Budget 2026',
      'b',
      'bu',
      'budg',
      '20',
      '2026:f',
      'full width',
      'ＦＵＬＬ',
      'width, n',
      'naïve',
      'NAÏVE',
      '“',
      '" &',
      '50%',
      '%',
      '_*',
      '  budget\t2026 ',
      '讨论 b',
    ]) {
      test(`finds ${query}`, async () => {
        const { ann, room } = await roomOf('something else', text, 'nothing');
        const { hits, more } = await find(ann, query, { room });
        assert.deepEqual([hits.map(({ entry }) => entry.seq), more], [[3], false]);
        assert.deepEqual(hits[0], { room, entry: await scene.store.entry(room, 3) });
        assert.deepEqual(await seqs(ann, query), [3], 'in all rooms, too');
      });
    }

    for (const query of [
      '三点开始',
      '点三',
      'budgets',
      'bu dget',
      '2026:x',
      'fullwidth',
      '你',
      'z',
      '50 %',
      '茶'.repeat(200),
    ]) {
      test(`does not find ${query.slice(0, 12)}`, async () => {
        const { ann, room } = await roomOf(text, 'dget bu', '开始 三点', 'b u d g e t');
        assert.deepEqual(await seqs(ann, query, { room }), []);
      });
    }

    test('words that would mean something to a database are words', async () => {
      const { ann, room } = await roomOf('a AND b OR c NOT d NEAR(e) "f" * ^g -h col:i \' ; -- (j) \\ %k_');
      for (const query of [
        'AND',
        'a AND b',
        'NEAR(e',
        '"f"',
        '^g',
        '-h',
        'col:i',
        "' ;",
        '--',
        '(j)',
        '\\',
        '%k_',
        '*',
      ]) {
        assert.deepEqual(await seqs(ann, query, { room }), [2], query);
      }
      assert.deepEqual(await seqs(ann, 'a OR z', { room }), []);
      assert.deepEqual(await seqs(ann, '', { room }), []);
    });

    test('characters outside the first plane, and text that is no text, are no trouble', async () => {
      const { ann, room } = await roomOf('👩‍👩‍👧‍👦 茶🍵', 'a\ud800b', 'x\u0000y', '\uf8ff1 \uf8ff2');
      assert.deepEqual(await seqs(ann, '🍵', { room }), [2]);
      assert.deepEqual(await seqs(ann, '茶🍵', { room }), [2]);
      assert.deepEqual(await seqs(ann, '🍶', { room }), []);
      assert.deepEqual(await seqs(ann, '\uf8ff1', { room }), [5]);
      assert.deepEqual(await seqs(ann, 'x\u0000y', { room }), [4]);
    });

    test('looks into the names of files, titles, and places, and into nothing else', async () => {
      const { ann, room } = await roomOf();
      const id = scene.id('file');
      const now = scene.clock.now();
      await scene.store.reserveFile({ id, owner: ann, created: now, expires: now + 1_000 });
      await scene.store.completeFile(id, { mime: 'application/pdf', size: 1 });
      await scene.append(
        room,
        scene.text(ann, { kind: 'file', body: { file: id, name: '季度报告.pdf', size: 1 }, files: [id] }),
        scene.text(ann, { kind: 'card', body: { title: '季度报告', url: 'https://example.com/secret' } }),
        scene.text(ann, { kind: 'location', body: { lat: 1, lng: 2, name: '茶馆', address: '季度路 1' } }),
        scene.text(ann, { kind: 'custom', body: { type: 'x', data: '季度' } }),
        scene.notice(ann, { type: 'rename', name: '季度' }),
      );
      assert.deepEqual(await seqs(ann, '季度', { room }), [4, 3, 2]);
      assert.deepEqual(await seqs(ann, 'secret', { room }), []);
    });

    test('gives the newest first, and pages', async () => {
      const { ann, room } = await roomOf(
        ...Array.from({ length: 30 }, (_, i) => (i % 3 ? `tea ${i}` : 'other')),
      );
      const all: number[] = [];
      let before: number | undefined;
      for (;;) {
        const page = await find(ann, 'tea', { room, limit: 6, ...(before !== undefined && { before }) });
        all.push(...page.hits.map(({ entry }) => entry.seq));
        before = all.at(-1);
        if (!page.more) break;
        assert.ok(page.hits.length <= 6);
      }
      const expected = Array.from({ length: 30 }, (_, i) => i)
        .filter((i) => i % 3)
        .map((i) => i + 2)
        .reverse();
      assert.deepEqual(all, expected);
      assert.deepEqual(await seqs(ann, 'tea', { room, before: 5, limit: 2 }), [4, 3]);
      assert.deepEqual(await seqs(ann, 'tea', { room, before: 1 }), []);
      assert.deepEqual(await seqs(ann, 'tea', { room, before: 10_000, limit: 1 }), [31]);
    });

    test('over all rooms goes on where the page before ended, each hit once', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const rooms = await Promise.all([1, 2, 3].map(() => scene.room([ann, ben])));
      const told: string[] = [];
      for (let i = 0; i < 25; i += 1) {
        const room = rooms[i % 3] ?? '';
        told.push(`${room} ${await scene.say(room, say(ben, `green tea ${i}`))}`);
      }
      const found: string[] = [];
      for (let next: string | undefined; ;) {
        const page = await find(ann, 'green tea', { limit: 4, ...(next !== undefined && { after: next }) });
        found.push(...page.hits.map(({ room, entry }) => `${room} ${entry.seq}`));
        if (!page.more) break;
        assert.match(page.next ?? '', /^[A-Za-z0-9_.-]{1,64}$/);
        next = page.next;
      }
      assert.deepEqual(found, told.toReversed());
      const [room = ''] = rooms;
      const first = await find(ann, 'green tea', { room, limit: 2 });
      const second = await find(ann, 'green tea', { room, limit: 20, after: first.next ?? '' });
      assert.deepEqual(
        [...first.hits, ...second.hits].map(({ entry }) => entry.seq),
        [10, 9, 8, 7, 6, 5, 4, 3, 2],
      );
    });

    test('a page mark that nobody gave finds nothing and breaks nothing', async () => {
      const { ann } = await roomOf('tea');
      for (const after of ['x', '-1', '0', '....', '9'.repeat(64)]) await find(ann, 'tea', { after });
    });

    test('finds in one’s own rooms only, and no more once one has left', async () => {
      const { ann, room } = await roomOf('secret tea');
      const [sam = ''] = await scene.users(1);
      assert.deepEqual(await seqs(sam, 'secret'), []);
      assert.deepEqual(await seqs(sam, 'secret', { room }), []);
      assert.deepEqual(await seqs(ann, 'secret', { room: 'no-room' }), []);
      await scene.say(room, scene.join(sam));
      assert.deepEqual(await seqs(sam, 'secret'), [2]);
      await scene.say(room, scene.leave(sam));
      assert.deepEqual(await seqs(sam, 'secret'), []);
    });

    test('somebody in very many rooms is served, and sees no others', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const rooms = await Promise.all(Array.from({ length: 120 }, () => scene.room([ann])));
      const other = await scene.room([ben]);
      await Promise.all(
        [...rooms, other].map((room) => scene.say(room, say(room === other ? ben : ann, 'many teas'))),
      );
      const { hits } = await find(ann, 'many teas', { limit: 500 });
      assert.deepEqual(hits.map(({ room }) => room).toSorted(), rooms.toSorted());
    });

    test('never finds what was recalled, or what an edit took away, but what it put there', async () => {
      const { ann, room } = await roomOf('first tea', 'second tea');
      await scene.append(room, edit(ann, 2, 'first 咖啡'), scene.recall(ann, 3));
      assert.deepEqual(await seqs(ann, 'tea', { room }), []);
      assert.deepEqual(await seqs(ann, 'first', { room }), [2]);
      assert.deepEqual(await seqs(ann, '咖啡', { room }), [2], 'the text, and not the edit');
      await scene.append(room, edit(ann, 2, 'milk'), edit(ann, 2, 'milk tea'));
      assert.deepEqual(await seqs(ann, '咖啡', { room }), []);
      assert.deepEqual(await seqs(ann, 'milk tea', { room }), [2]);
      await scene.say(room, scene.recall(ann, 2));
      assert.deepEqual(await seqs(ann, 'milk', { room }), []);
    });

    test('a repeated send is found once', async () => {
      const { ann, room } = await roomOf();
      const draft = say(ann, 'only once');
      await scene.append(room, draft, draft);
      await scene.append(room, draft);
      assert.deepEqual(await seqs(ann, 'only once', { room }), [2]);
    });

    test('for a moderator finds in rooms that they are not in, by room and by sender', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const [one, two] = [await scene.room([ann, ben]), await scene.room([ben])];
      await scene.append(one, say(ann, 'rare oolong'), say(ben, 'rare oolong too'));
      await scene.say(two, say(ben, 'rare oolong again'));
      const found = async (more: Partial<SearchQuery>) =>
        (await find(null, 'rare oolong', more)).hits.map(({ room, entry }) => `${room} ${entry.seq}`);
      assert.deepEqual(await found({}), [`${two} 2`, `${one} 3`, `${one} 2`]);
      assert.deepEqual(await found({ room: one }), [`${one} 3`, `${one} 2`]);
      assert.deepEqual(await found({ from: ann }), [`${one} 2`]);
      assert.deepEqual(await found({ room: 'none' }), []);
    });
  });
}

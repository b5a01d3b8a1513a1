/**
 * The contract of the Store port (server/domain/ports.ts): every guarantee written there, as a test that any adapter
 * must pass. An adapter's own test file calls `storeContract` and adds what only that adapter promises.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { changesContract } from './changes-contract.ts';
import { listsContract } from './lists-contract.ts';
import { awaitedContract } from './awaited-contract.ts';
import { filesJudgedContract } from './files-judged-contract.ts';
import { filesContract } from './files-contract.ts';
import { logContract } from './log-contract.ts';
import { moderationContract } from './moderation-contract.ts';
import { peopleContract } from './people-contract.ts';
import { outsideContract } from './outside-contract.ts';
import { retentionContract } from './retention-contract.ts';
import { roomsContract } from './rooms-contract.ts';
import { roundsContract } from './rounds-contract.ts';
import { type OpenStore, Scene } from './scene.ts';
import { searchContract } from './search-contract.ts';
import { summariesContract } from './summaries-contract.ts';
import { unreadContract } from './unread-contract.ts';

/** By what the part is about. Each has a store of its own: none leans on another, and no store grows large. */
const PARTS: Record<string, (scene: Scene, open: OpenStore) => void> = {
  log: logContract,
  changes: changesContract,
  files: filesContract,
  search: searchContract,
  rooms: roomsContract,
  summaries: summariesContract,
  unread: unreadContract,
  people: peopleContract,
  moderation: moderationContract,
  lists: listsContract,
  outside: outsideContract,
  'files judged': filesJudgedContract,
  'awaited texts': awaitedContract,
  rounds: roundsContract,
  retention: retentionContract,
  life: lifeContract,
};

/** @param open gives a store that nothing was ever stored in */
export function storeContract(name: string, open: OpenStore): void {
  for (const [part, contract] of Object.entries(PARTS)) {
    describe(`the ${name} store keeps the contract: ${part}`, () => {
      const scene = new Scene();
      before(() => scene.start(open));
      after(() => scene.end());
      contract(scene, open);
    });
  }
}

function lifeContract(scene: Scene, open: OpenStore): void {
  describe('the life of a store', () => {
    test('has one name, which another store does not bear', async () => {
      const { epoch } = scene.store;
      assert.match(epoch, /^[\w-]{1,32}$/);
      assert.equal((await scene.reopen()).epoch, epoch);
      const other = await open(scene.clock);
      assert.notEqual(other.store.epoch, epoch);
      await other.dispose();
    });

    test('what was answered is there after the store was opened anew', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.append(room, ...Array.from({ length: 5 }, () => scene.text(ann)));
      await scene.store.markRead(room, ben, 3);
      const before = [
        await scene.log(room),
        await scene.store.summary(room, ben),
        await scene.store.user(ann),
      ];
      await scene.reopen();
      const after = [
        await scene.log(room),
        await scene.store.summary(room, ben),
        await scene.store.user(ann),
      ];
      assert.deepEqual(after, before);
    });

    test('ping answers while it is open', async () => {
      await scene.store.ping();
    });

    test('close finishes what is under way; then every call is UNAVAILABLE', async () => {
      const { store } = scene;
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      const appends = Array.from({ length: 20 }, () => scene.say(room, scene.text(ann)));
      await Promise.all([store.close(), ...appends]);
      const refused = { name: 'Refusal', code: 'UNAVAILABLE' };
      await assert.rejects(store.append(room, [scene.text(ann)]), refused);
      await assert.rejects(store.room(room), refused);
      await assert.rejects(store.ping(), refused);
      await scene.reopen();
      assert.equal((await scene.log(room)).length, 21);
    });
  });
}

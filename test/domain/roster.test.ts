/** What a node may remember of a room, and that it is never older than the last entry it was given. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SysBody } from '../../miniprogram/protocol/objects.ts';
import type { MemberRecord, RoomRecord } from '../../server/domain/ports.ts';
import { Roster } from '../../server/domain/roster.ts';
import { memberRecord, NOW, notice, roomRecord, textEntry } from './factories.ts';

/** A store that says what the test puts in, counts what it is asked, and can be made to wait. */
class Records {
  record: RoomRecord | null = roomRecord();
  readonly members = new Map<string, MemberRecord>([['u', memberRecord()]]);
  asked = 0;
  #gate: Promise<void> = Promise.resolve();

  /** Reads that begin from now on see what is there now, and end when the gate is opened. */
  hold(): () => void {
    let open = (): void => undefined;
    this.#gate = new Promise((resolve) => (open = resolve));
    return () => {
      open();
      this.#gate = Promise.resolve();
    };
  }

  async room(): Promise<RoomRecord | null> {
    this.asked += 1;
    const seen = this.record;
    await this.#gate;
    return seen;
  }

  async member(_: string, user: string): Promise<MemberRecord | null> {
    const seen = this.members.get(user) ?? null;
    await this.#gate;
    return seen;
  }
}

const setUp = () => {
  const records = new Records();
  return { records, roster: new Roster(records) };
};

test('a room that is not followed is read anew each time', async () => {
  const { records, roster } = setUp();
  await roster.look('r', 'u');
  records.members.set('u', memberRecord('admin'));
  assert.equal((await roster.look('r', 'u')).member.role, 'admin');
  assert.equal(roster.recall('r', 'u'), undefined);
  assert.equal(records.asked, 2);
});

test('a room that is followed is read once', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  const found = await roster.look('r', 'u');
  assert.deepEqual(roster.recall('r', 'u'), found);
  assert.deepEqual(await roster.look('r', 'u'), found);
  assert.equal(records.asked, 1);
});

test('a room that is followed no longer is forgotten', async () => {
  const { roster } = setUp();
  const undo = roster.follow('r');
  await roster.look('r', 'u');
  undo();
  assert.equal(roster.recall('r', 'u'), undefined);
});

test('following again begins with nothing, and the first undo does not end the second', async () => {
  const { roster } = setUp();
  const undo = roster.follow('r');
  await roster.look('r', 'u');
  roster.follow('r');
  undo();
  assert.equal(roster.recall('r', 'u'), undefined);
  await roster.look('r', 'u');
  assert.notEqual(roster.recall('r', 'u'), undefined);
});

const NOTICES: SysBody[] = [
  { action: 'left', user: 'u' },
  { action: 'removed', user: 'u' },
  { action: 'role', user: 'u', role: 'admin' },
  { action: 'muted', user: 'u', until: NOW },
  { action: 'unmuted', user: 'u' },
  { action: 'joined', user: 'u' },
  { action: 'invited', users: ['x', 'u'] },
  { action: 'renamed', name: 'new' },
  { action: 'slow', seconds: 5 },
  { action: 'closed' },
];

for (const body of NOTICES) {
  test(`after a notice "${body.action}" nothing older is remembered`, async () => {
    const { records, roster } = setUp();
    roster.follow('r');
    await roster.look('r', 'u');
    records.members.set('u', memberRecord('admin', NOW + 1));
    records.record = roomRecord({ name: 'new', closed: true });
    roster.apply('r', [textEntry(1), notice(2, body)]);
    assert.equal(roster.recall('r', 'u'), undefined);
    assert.deepEqual(await roster.look('r', 'u'), {
      room: records.record,
      member: records.members.get('u'),
    });
  });
}

test('entries that change no room leave what is remembered', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  await roster.look('r', 'u');
  roster.apply('r', [textEntry(1), { seq: 2, ts: NOW, from: 'u', kind: 'recall', body: {}, target: 1 }]);
  roster.apply('another', [notice(1, { action: 'left', user: 'u' })]);
  await roster.look('r', 'u');
  assert.equal(records.asked, 1);
});

test('a read that an entry overtakes is not remembered', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  const open = records.hold();
  const reading = roster.look('r', 'u');
  records.members.set('u', memberRecord('member', NOW + 60_000));
  roster.apply('r', [notice(5, { action: 'muted', user: 'u', until: NOW + 60_000 })]);
  open();
  assert.equal((await reading).member.mutedUntil, null, 'it was asked before');
  assert.equal((await roster.look('r', 'u')).member.mutedUntil, NOW + 60_000);
});

test('a look that begins after an entry does not share a read that began before it', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  const open = records.hold();
  const before = roster.look('r', 'u');
  records.members.delete('u');
  roster.apply('r', [notice(5, { action: 'removed', user: 'u' })]);
  const after = roster.look('r', 'u');
  open();
  assert.equal((await before).member.role, 'member');
  await assert.rejects(after, { code: 'NOT_FOUND' });
});

test('looks at the same time share one read, so none overtakes another', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  const open = records.hold();
  const order: number[] = [];
  const looks = [1, 2, 3].map((n) => roster.look('r', 'u').then(() => order.push(n)));
  open();
  await Promise.all(looks);
  assert.equal(records.asked, 1);
  assert.deepEqual(order, [1, 2, 3]);
});

test('where the room is not followed, looks at the same time share one read too, so none overtakes another', async () => {
  const { records, roster } = setUp();
  const open = records.hold();
  const first = roster.look('r', 'u');
  const release = records.hold();
  release();
  const second = roster.look('r', 'u');
  const order: string[] = [];
  const both = [first.then(() => order.push('first')), second.then(() => order.push('second'))];
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, []);
  open();
  await Promise.all(both);
  assert.deepEqual([order, records.asked], [['first', 'second'], 1]);
});

test('a read that fails is not shared with the next look', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  records.room = () => Promise.reject(new Error('away'));
  await assert.rejects(roster.look('r', 'u'), { message: 'away' });
  Reflect.deleteProperty(records, 'room');
  assert.equal((await roster.look('r', 'u')).member.role, 'member');
});

test('no room and no membership are the same NOT_FOUND, and neither is remembered', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  await assert.rejects(roster.look('r', 'stranger'), { code: 'NOT_FOUND' });
  records.members.set('stranger', memberRecord());
  assert.equal((await roster.look('r', 'stranger')).member.role, 'member');
  records.record = null;
  roster.apply('r', [notice(1, { action: 'closed' })]);
  await assert.rejects(roster.look('r', 'u'), { code: 'NOT_FOUND' });
});

test('at most 10,000 memberships of a room are remembered; the oldest goes', async () => {
  const { records, roster } = setUp();
  roster.follow('r');
  const bound = 10_000;
  for (let i = 0; i <= bound; i++) {
    records.members.set(`u${i}`, memberRecord());
    await roster.look('r', `u${i}`);
  }
  assert.equal(roster.recall('r', 'u0'), undefined);
  assert.notEqual(roster.recall('r', 'u1'), undefined);
  assert.notEqual(roster.recall('r', `u${bound}`), undefined);
});

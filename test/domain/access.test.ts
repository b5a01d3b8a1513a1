/** The rules as tables: every act by every role over every role, and every recall. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManageAction } from '../../miniprogram/protocol/frames.ts';
import type { Entry, EntryKind, Role, RoomKind } from '../../miniprogram/protocol/objects.ts';
import {
  isContent,
  keepsOrder,
  mustBeOpenForWriting,
  mustManage,
  mustNotBeMuted,
  mustOutrank,
  mustRecall,
  noSuchRoom,
} from '../../server/domain/access.ts';
import { Refusal } from '../../server/outcome.ts';
import { memberRecord, NOW, notice, roomRecord, textEntry } from './factories.ts';

type Action = ManageAction['action'];
const ROLES: Role[] = ['owner', 'admin', 'member', 'bot'];

/** The code that the rule refuses with, or 'allowed'. */
function verdict(rule: () => void): string {
  try {
    rule();
    return 'allowed';
  } catch (reason) {
    assert.ok(reason instanceof Refusal, String(reason));
    return reason.code;
  }
}

const MAY: Record<Action, Role[]> = {
  invite: ['owner', 'admin', 'member'],
  rename: ['owner', 'admin'],
  remove: ['owner', 'admin'],
  mute: ['owner', 'admin'],
  unmute: ['owner', 'admin'],
  pin: ['owner', 'admin'],
  unpin: ['owner', 'admin'],
  slow: ['owner', 'admin'],
  role: ['owner'],
  close: ['owner'],
};
const ACTIONS = Object.keys(MAY) as Action[];

for (const action of ACTIONS) {
  test(`${action}: ${MAY[action].join(', ')}, and nobody else`, () => {
    for (const role of ROLES) {
      const expected = MAY[action].includes(role) ? 'allowed' : 'FORBIDDEN';
      for (const kind of ['group', 'live', 'support'] satisfies RoomKind[]) {
        assert.equal(
          verdict(() => mustManage(action, roomRecord({ kind }), role)),
          expected,
          `${role} in a ${kind} room`,
        );
      }
      assert.equal(
        verdict(() => mustManage(action, roomRecord({ closed: true }), role)),
        'CLOSED',
      );
      assert.equal(
        verdict(() => mustManage(action, roomRecord({ kind: 'direct' }), role)),
        'FORBIDDEN',
      );
    }
  });
}

const OVER: Record<Role, Role[]> = {
  owner: ['admin', 'member', 'bot'],
  admin: ['member', 'bot'],
  member: [],
  bot: [],
};

for (const action of ['remove', 'mute', 'unmute', 'role'] satisfies Action[]) {
  test(`${action} works on lower ranks alone, so nobody can do it to themselves`, () => {
    for (const role of ROLES) {
      for (const target of ROLES) {
        const allowed = MAY[action].includes(role) && OVER[role].includes(target);
        const rules = (): void => {
          mustManage(action, roomRecord(), role);
          mustOutrank(role, memberRecord(target));
        };
        assert.equal(verdict(rules), allowed ? 'allowed' : 'FORBIDDEN', `${role} over ${target}`);
      }
    }
  });
}

test('whoever is no member of the room cannot be acted upon', () => {
  assert.equal(
    verdict(() => mustOutrank('owner', null)),
    'NOT_FOUND',
  );
});

test('owners and admins keep order, members and bots do not', () => {
  assert.deepEqual(ROLES.filter(keepsOrder), ['owner', 'admin']);
});

const WITHIN_SECONDS = 120;
const AGES = { fresh: 0, 'just in time': 120_000, 'just too old': 120_001, 'a year old': 31_536_000_000 };

for (const [age, ms] of Object.entries(AGES)) {
  test(`recall of a message that is ${age}`, () => {
    for (const role of ROLES) {
      for (const author of ['me', 'somebody']) {
        const isKeeper = role === 'owner' || role === 'admin';
        const allowed = isKeeper || (author === 'me' && ms <= WITHIN_SECONDS * 1000);
        const by = { user: 'me', role, now: NOW, withinSeconds: WITHIN_SECONDS };
        assert.equal(
          verdict(() => mustRecall(textEntry(1, author, NOW - ms), by)),
          allowed ? 'allowed' : 'FORBIDDEN',
          `${role}, written by ${author}`,
        );
      }
    }
  });
}

test('a recall of nothing is NOT_FOUND, one of a notice or of a change BAD_REQUEST, by whomever', () => {
  const by = { user: 'u', role: 'owner', now: NOW, withinSeconds: WITHIN_SECONDS } as const;
  const base = { seq: 1, ts: NOW, from: 'u', target: 1 };
  const changes: Entry[] = [
    notice(1, { action: 'left', user: 'u' }),
    { ...base, kind: 'recall', body: {} },
    { ...base, kind: 'edit', body: { text: 'x' } },
    { ...base, kind: 'react', body: { emoji: '🍵', on: true } },
  ];
  assert.equal(
    verdict(() => mustRecall(null, by)),
    'NOT_FOUND',
  );
  for (const entry of changes) {
    assert.equal(
      verdict(() => mustRecall(entry, by)),
      'BAD_REQUEST',
      entry.kind,
    );
  }
});

test('content is what a person reads', () => {
  const kinds: Record<EntryKind, boolean> = {
    text: true,
    image: true,
    voice: true,
    video: true,
    file: true,
    location: true,
    card: true,
    custom: true,
    recall: false,
    edit: false,
    react: false,
    sys: false,
  };
  for (const [kind, expected] of Object.entries(kinds)) {
    assert.equal(isContent({ kind: kind as EntryKind }), expected, kind);
  }
});

test('a closed room is not written to, an open one is', () => {
  assert.equal(
    verdict(() => mustBeOpenForWriting(roomRecord({ closed: true }))),
    'CLOSED',
  );
  assert.equal(
    verdict(() => mustBeOpenForWriting(roomRecord())),
    'allowed',
  );
});

test('who is muted hears for how long; at that moment they may speak', () => {
  assert.throws(
    () => mustNotBeMuted(memberRecord('member', NOW + 60_000), NOW),
    (reason) => reason instanceof Refusal && reason.code === 'MUTED' && reason.retryAfterMs === 60_000,
  );
  assert.equal(
    verdict(() => mustNotBeMuted(memberRecord('member', NOW), NOW)),
    'allowed',
  );
  assert.equal(
    verdict(() => mustNotBeMuted(memberRecord(), NOW)),
    'allowed',
  );
});

test('the refusal of a room says nothing of the room', () => {
  assert.deepEqual(noSuchRoom().toBody(), {
    code: 'NOT_FOUND',
    message: 'room: there is no such room among your rooms',
  });
});

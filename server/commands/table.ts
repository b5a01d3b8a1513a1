/** THE list: every op of the protocol, who may ask it, what it is charged, and who answers. */
import type { ReplyBody } from '../../miniprogram/protocol/frames.ts';
import type { Files } from '../domain/files.ts';
import type { Keeping } from '../domain/keeping.ts';
import type { Messages } from '../domain/messages.ts';
import type { Reports } from '../domain/reports.ts';
import type { Rooms } from '../domain/rooms.ts';
import type { Search } from '../domain/search.ts';
import type { Users } from '../domain/users.ts';
import type { Greeting } from '../session/greeting.ts';
import type { Identified } from '../session/session.ts';
import type { Clock } from '../domain/ports.ts';
import type { Table } from './call.ts';
import { createTyping } from './typing.ts';

export interface TableDeps {
  greeting: Greeting;
  authenticate: (token: string) => Promise<Identified>;
  rooms: Rooms;
  keeping: Keeping;
  messages: Messages;
  users: Users;
  files: Pick<Files, 'links'>;
  search: Search;
  reports: Pick<Reports, 'report'>;
  clock: Clock;
}

export function createTable({
  greeting,
  authenticate,
  rooms,
  keeping,
  messages,
  users,
  files,
  search,
  reports,
  clock,
}: TableDeps): Table {
  const typing = createTyping(rooms, clock);
  return {
    'session.hello': {
      access: 'anyone',
      cost: 'read',
      run: async ({ session, body, afterReply }) => {
        const { reply, after } = await greeting.hello(session, body);
        afterReply(after);
        return reply;
      },
    },
    'session.renew': {
      access: 'anyone',
      cost: 'read',
      run: async ({ session, body }) => {
        const who = await authenticate(body.token);
        session.renew(who);
        return { expiresAt: who.expiresAt };
      },
    },
    'session.ping': {
      access: 'anyone',
      cost: 'read',
      run: ({ session }) => {
        session.mustBeValid();
        return Promise.resolve({ serverTime: clock.now() });
      },
    },

    'room.list': {
      access: 'user',
      cost: 'read',
      run: async ({ user, body }) => ({
        rooms: await (body.scope === 'open' ? rooms.open(user.id) : rooms.mine(user.id)),
      }),
    },
    'room.create': {
      access: 'user',
      cost: 'send',
      run: async ({ user, body }) => ({ room: await rooms.create(user.id, body) }),
    },
    'room.open': {
      access: 'user',
      cost: 'send',
      run: async ({ user, body }) => ({ room: await rooms.direct(user.id, body.user) }),
    },
    'room.join': {
      access: 'user',
      cost: 'send',
      run: async ({ user, body }) => ({ room: await rooms.join(user.id, body.room) }),
    },
    'room.leave': {
      access: 'member',
      cost: 'send',
      run: ({ actor }) => rooms.leave(actor).then(nothing),
    },
    'room.members': { access: 'reader', cost: 'read', run: ({ body }) => rooms.members(body) },
    'room.manage': {
      access: 'member',
      cost: 'send',
      run: async ({ actor, body }) => ({ seq: (await keeping.manage(actor, body)).seq }),
    },
    'room.read': {
      access: 'member',
      cost: 'read',
      run: ({ actor, body }) => rooms.read(actor, body.seq).then(nothing),
    },
    'room.typing': { access: 'member', cost: 'read', run: ({ actor }) => typing(actor) },
    'room.prefs': {
      access: 'member',
      cost: 'read',
      run: ({ actor, body: { room: _, ...preferences } }) => rooms.prefer(actor, preferences).then(nothing),
    },

    'message.send': { access: 'member', cost: 'send', run: ({ actor, body }) => messages.send(actor, body) },
    'message.recall': {
      access: 'member',
      cost: 'send',
      run: async ({ actor, body }) => ({ seq: (await messages.recall(actor, body)).seq }),
    },
    'message.edit': {
      access: 'member',
      cost: 'send',
      run: async ({ actor, body }) => ({ seq: (await messages.edit(actor, body)).seq }),
    },
    'message.react': {
      access: 'member',
      cost: 'send',
      run: async ({ actor, body }) => ({ seq: (await messages.react(actor, body)).seq }),
    },
    'message.history': {
      access: 'reader',
      cost: 'read',
      run: ({ actor, body }) => messages.history(actor, body),
    },
    'message.search': {
      access: 'user',
      cost: 'search',
      run: ({ user, body }) => search.find(user.id, body),
    },
    'message.report': {
      access: 'member',
      cost: 'report',
      run: ({ actor, body }) => reports.report(actor, body).then(nothing),
    },

    'file.get': {
      access: 'user',
      cost: 'read',
      run: async ({ user, body }) => ({ files: await files.links(user.id, body.files, body.room) }),
    },
    'user.get': {
      access: 'user',
      cost: 'read',
      run: async ({ body }) => ({ users: await users.get(body.users) }),
    },
  };
}

/** The empty reply of commands whose effect is all there is. */
const nothing = (): ReplyBody<'room.read'> => ({});

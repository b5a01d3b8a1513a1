/** `chahua room …` */
import { type Command, Option } from 'commander';
import { mustHaveReason, perform } from './acts.ts';
import { segment } from './client.ts';
import { type ActOptions, clientFor, type Context, type ServerOptions } from './context.ts';
import { parseSpan } from './duration.ts';
import { findRoom, findUser } from './lookup.ts';
import { parseCount } from './numbers.ts';
import { printFacts, printJson, printTable, time } from './print.ts';
import { act, LIMIT, look, noun } from './verb.ts';

interface Room {
  id: string;
  kind: string;
  name: string;
  open: boolean;
  closed: boolean;
  slowSeconds: number;
  members: number;
  head: number;
}
interface Member {
  user: { id: string; name: string };
  role: string;
  joined: number;
  mutedUntil?: number;
}

export function addRoom(program: Command, context: Context): void {
  const { io } = context;
  const room = noun(program, 'room', 'find rooms, make and keep them');

  look(room, 'list [PART]', 'rooms, or those whose name holds PART', [
    'room list',
    'room list 茶',
    'room list --json',
  ])
    .addOption(LIMIT(500))
    .option('--after <id>', 'those after this room id')
    .action(async (part: string | undefined, options: ServerOptions & { limit?: string; after?: string }) => {
      const limit = parseCount(options.limit, '--limit', { unset: 50, most: 500 });
      const page = await clientFor(context, options).get<{ rooms: Room[]; more: boolean }>('/rooms', {
        part,
        after: options.after,
        limit,
      });
      if (options.json) return printJson(io, page);
      printTable(
        io,
        [
          { head: 'ROOM', of: ({ id }) => id },
          { head: 'KIND', of: ({ kind }) => kind },
          { head: 'MEMBERS', of: ({ members }) => members, right: true },
          { head: 'HEAD', of: ({ head }) => head, right: true },
          { head: 'STATE', of: stateOf },
          { head: 'NAME', of: ({ name }) => name, wide: true },
        ],
        page.rooms,
      );
      if (page.more) io.err(`more: --after ${page.rooms.at(-1)?.id ?? ''}\n`);
    });

  look(room, 'show ROOM', 'a room', ['room show 大厅']).action(
    async (asked: string, options: ServerOptions) => {
      const client = clientFor(context, options);
      const { id } = await findRoom(client, asked);
      const found = await client.get<{ room: Room; lastAt: number | null }>(`/rooms/${segment(id)}`);
      if (options.json) return printJson(io, found);
      printFacts(io, [
        ['id', found.room.id],
        ['name', found.room.name],
        ['kind', found.room.kind],
        ['state', stateOf(found.room)],
        ['members', found.room.members],
        ['head', found.room.head],
        ['last entry', time(found.lastAt)],
      ]);
    },
  );

  act(room, 'create NAME', 'make a room', [
    'room create 茶馆 --open',
    'room create 客服 --kind support --owner 小红',
    'room create 茶馆 --member 小明 --member 小红',
  ])
    .addOption(new Option('--kind <kind>', 'what for').choices(['group', 'live', 'support']).default('group'))
    .option('--open', 'anyone may join; a live room always')
    .option('--owner <user>', 'who owns it; without, moderators alone keep it')
    .option('--member <user...>', 'who else is in it')
    .action(
      async (
        name: string,
        options: ActOptions & { kind: string; open?: true; owner?: string; member?: string[] },
      ) => {
        const client = clientFor(context, options);
        const owner = options.owner === undefined ? null : await findUser(client, options.owner);
        const members: string[] = [];
        for (const one of options.member ?? []) members.push((await findUser(client, one)).id);
        await perform(context, client, options, {
          path: '/rooms',
          body: {
            name,
            kind: options.kind,
            open: options.open === true,
            members,
            ...(owner && { owner: owner.id }),
          },
          what: `create ${options.kind} ${name}`,
        });
      },
    );

  act(room, 'rename ROOM NAME', 'give a room another name', ['room rename 大厅 茶话厅']).action(
    async (asked: string, name: string, options: ActOptions) => {
      await onRoom(asked, options, {
        verb: 'rename',
        body: { name },
        says: (old) => `rename ${old} to ${name}`,
      });
    },
  );
  act(room, 'slow ROOM DURATION', 'one message per member in that time; 0s ends it', [
    'room slow 大厅 30s',
    'room slow 大厅 0s',
  ]).action(async (asked: string, text: string, options: ActOptions) => {
    const seconds = parseSpan(text, 'DURATION');
    const says = (name: string): string =>
      seconds === 0 ? `end slow mode in ${name}` : `allow one message every ${seconds} s in ${name}`;
    await onRoom(asked, options, { verb: 'slow', body: { seconds }, says });
  });
  act(room, 'close ROOM', 'nobody writes there any more; it can still be read', [
    'room close 大厅 --reason 打烊',
  ]).action(async (asked: string, options: ActOptions) => {
    mustHaveReason(options);
    await onRoom(asked, options, {
      verb: 'close',
      body: {},
      asks: true,
      says: (name) => `close ${name} for good`,
    });
  });

  look(room, 'members ROOM', 'who is in a room', ['room members 大厅', 'room members 大厅 --json'])
    .addOption(LIMIT(500))
    .option('--after <id>', 'those after this user id')
    .action(async (asked: string, options: ServerOptions & { limit?: string; after?: string }) => {
      const client = clientFor(context, options);
      const { id } = await findRoom(client, asked);
      const limit = parseCount(options.limit, '--limit', { unset: 100, most: 500 });
      const page = await client.get<{ members: Member[]; more: boolean }>(`/rooms/${segment(id)}/members`, {
        after: options.after,
        limit,
      });
      if (options.json) return printJson(io, page);
      printTable(
        io,
        [
          { head: 'USER', of: ({ user }) => user.id },
          { head: 'ROLE', of: ({ role }) => role },
          { head: 'JOINED', of: ({ joined }) => time(joined) },
          {
            head: 'MUTED UNTIL',
            of: ({ mutedUntil }) => (mutedUntil === undefined ? '' : mutedWords(mutedUntil)),
          },
          { head: 'NAME', of: ({ user }) => user.name, wide: true },
        ],
        page.members,
      );
      if (page.more) io.err(`more: --after ${page.members.at(-1)?.user.id ?? ''}\n`);
    });

  act(room, 'add ROOM USER...', 'bring people in', ['room add 茶馆 小明 小红']).action(
    async (asked: string, people: string[], options: ActOptions) => {
      const client = clientFor(context, options);
      const found: { id: string; name: string }[] = [];
      for (const one of people) found.push(await findUser(client, one));
      await onRoom(asked, options, {
        verb: 'add',
        body: { users: found.map(({ id }) => id) },
        says: (name) => `add ${found.map((one) => one.name).join(', ')} to ${name}`,
      });
    },
  );
  act(room, 'remove ROOM USER', 'take somebody out', ['room remove 茶馆 小明 --reason 要求']).action(
    async (asked: string, person: string, options: ActOptions) => {
      const who = await findUser(clientFor(context, options), person);
      await onRoom(asked, options, {
        verb: 'remove',
        body: { user: who.id },
        asks: true,
        says: (name) => `remove ${who.name} (${who.id}) from ${name}`,
      });
    },
  );
  act(room, 'role ROOM USER ROLE', 'give a role: owner, admin or member', [
    'room role 茶馆 小明 admin',
  ]).action(async (asked: string, person: string, role: string, options: ActOptions) => {
    const who = await findUser(clientFor(context, options), person);
    const says = (name: string): string => `make ${who.name} (${who.id}) ${role} in ${name}`;
    await onRoom(asked, options, { verb: 'role', body: { user: who.id, role }, says });
  });

  async function onRoom(
    asked: string,
    options: ActOptions,
    {
      verb,
      body,
      asks = false,
      says,
    }: { verb: string; body: object; asks?: boolean; says: (name: string) => string },
  ): Promise<void> {
    const client = clientFor(context, options);
    const { id, name } = await findRoom(client, asked);
    const what = says(`${name} (${id})`);
    await perform(context, client, options, { path: `/rooms/${segment(id)}/${verb}`, body, asks, what });
  }
}

const stateOf = ({ open, closed, slowSeconds }: Room): string =>
  [
    closed ? 'closed' : open ? 'open' : 'by invitation',
    ...(slowSeconds > 0 ? [`slow ${slowSeconds}s`] : []),
  ].join(', ');

/** 9999-12-31: no end. */
const mutedWords = (end: number): string => (end >= 253_402_300_799_000 ? 'lifted' : time(end));

/** `chahua user …` */
import { type Command, Option } from 'commander';
import { mustHaveReason, perform } from './acts.ts';
import { segment } from './client.ts';
import { type ActOptions, clientFor, type Context, type ServerOptions } from './context.ts';
import { parseDuration } from './duration.ts';
import { findRoom, findUser } from './lookup.ts';
import { parseCount } from './numbers.ts';
import { paint, printFacts, printJson, printTable, time, until } from './print.ts';
import { act, LIMIT, look, noun } from './verb.ts';

interface Sanction {
  kind: 'mute' | 'ban';
  room: string;
  until: number | null;
  reason: string;
  by: string;
  since: number;
}
interface ListedUser {
  id: string;
  name: string;
  online: boolean;
  lastSeen: number | null;
  sanctions: Sanction[];
}
interface ShownUser {
  user: { id: string; name: string };
  online: boolean;
  lastSeen: number | null;
  sanctions: Sanction[];
  rooms: { id: string; name: string; kind: string; role: string | null }[];
}

type Aim = ActOptions & { room?: string; for?: string };

export function addUser(program: Command, context: Context): void {
  const { io } = context;
  const user = noun(program, 'user', 'find people; mute, ban, send away');

  look(user, 'list [PART]', 'people, or those whose name holds PART', [
    'user list',
    'user list 小明',
    'user list --sanctioned',
    'user list --json | jq -r .users[].id',
  ])
    .addOption(LIMIT(500))
    .option('--after <id>', 'those after this user id')
    .option('--sanctioned', 'only who is muted or banned now')
    .action(
      async (
        part: string | undefined,
        options: ServerOptions & { limit?: string; after?: string; sanctioned?: true },
      ) => {
        const client = clientFor(context, options);
        const limit = parseCount(options.limit, '--limit', { unset: 50, most: 500 });
        if (options.sanctioned) {
          const found = await client.get<{
            sanctions: (Sanction & { user: string })[];
            people: Record<string, string>;
          }>('/sanctions', { limit });
          if (options.json) return printJson(io, found);
          return printTable(
            io,
            [
              { head: 'USER', of: (one) => one.user },
              { head: 'NAME', of: (one) => found.people[one.user] ?? '' },
              { head: 'WHAT', of: ({ kind }) => kind },
              { head: 'WHERE', of: ({ room }) => room || 'everywhere' },
              { head: 'UNTIL', of: (one) => (one.until === null ? 'lifted' : time(one.until)) },
              { head: 'BY', of: ({ by }) => by },
              { head: 'REASON', of: ({ reason }) => reason, wide: true },
            ],
            found.sanctions,
          );
        }
        const page = await client.get<{ users: ListedUser[]; more: boolean }>('/users', {
          part,
          after: options.after,
          limit,
        });
        if (options.json) return printJson(io, page);
        printTable(
          io,
          [
            { head: 'USER', of: ({ id }) => id },
            { head: 'NAME', of: ({ name }) => name },
            { head: 'SEEN', of: (one) => (one.online ? 'online' : time(one.lastSeen)) },
            { head: 'SANCTIONS', of: ({ sanctions }) => sanctions.map(inShort).join(', '), wide: true },
          ],
          page.users,
        );
        if (page.more) io.err(`more: --after ${page.users.at(-1)?.id ?? ''}\n`);
      },
    );

  look(user, 'show USER', 'a person: rooms, sanctions, last seen', [
    'user show 小明',
    'user show 7hGk2mQx --json',
  ]).action(async (asked: string, options: ServerOptions) => {
    const client = clientFor(context, options);
    const { id } = await findUser(client, asked);
    const found = await client.get<ShownUser>(`/users/${segment(id)}`);
    if (options.json) return printJson(io, found);
    printFacts(io, [
      ['id', found.user.id],
      ['name', found.user.name],
      ['seen', found.online ? 'online' : time(found.lastSeen)],
    ]);
    for (const one of found.sanctions) {
      io.out(
        paint(
          io,
          'red',
          `${one.kind} ${one.room === '' ? 'everywhere' : `in ${one.room}`} ${until(one.until)}`,
        ),
      );
      io.out(`: ${one.reason} (by ${one.by}, ${time(one.since)})\n`);
    }
    if (found.rooms.length === 0) return;
    io.out('\n');
    printTable(
      io,
      [
        { head: 'ROOM', of: (room) => room.id },
        { head: 'NAME', of: ({ name, kind }) => name || `(${kind})` },
        { head: 'ROLE', of: ({ role }) => role ?? '' },
      ],
      found.rooms,
    );
  });

  const sanction = (kind: 'mute' | 'ban', about: string, examples: string[]): void => {
    act(user, `${kind} USER`, about, examples)
      .option('--for <duration>', '10m, 2h, 7d or forever', 'forever')
      .option('--room <room>', 'in this room only; without it, everywhere')
      .action(async (asked: string, options: Aim) => {
        mustHaveReason(options);
        const seconds = parseDuration(options.for ?? 'forever', '--for');
        await against(asked, options, { verb: kind, ...(seconds !== null && { seconds }) });
      });
  };
  sanction('mute', 'may read, and not write', [
    'user mute 小明 --for 10m --reason 刷屏',
    'user mute 小明 --room 大厅 --for 2h --reason "off topic" --dry-run',
  ]);
  sanction('ban', 'keep out: every socket is closed, nothing gets in', [
    'user ban 小明 --for 7d --reason 广告',
    'user ban 7hGk2mQx --room 大厅 --reason 广告 --yes',
  ]);
  for (const kind of ['mute', 'ban'] as const) {
    act(user, `un${kind} USER`, `lift a ${kind} before its time`, [
      `user un${kind} 小明`,
      `user un${kind} 小明 --room 大厅`,
    ])
      .option('--room <room>', 'the one of this room')
      .action((asked: string, options: Aim) => against(asked, options, { verb: `un${kind}` }));
  }
  act(user, 'kick USER', 'out of a room, or out of all their logins; they may come back', [
    'user kick 小明 --room 大厅 --reason "cool down"',
    'user kick 小明 --reason "log in again" --yes',
  ])
    .option('--room <room>', 'out of this room; without it, out of all logins')
    .action(async (asked: string, options: Aim) => {
      mustHaveReason(options);
      await against(asked, options, { verb: 'kick' });
    });

  act(user, 'role USER ROLE', 'give a role in a room: owner, admin or member', [
    'user role 小明 admin --room 大厅',
  ])
    .addOption(new Option('--room <room>', 'in this room').makeOptionMandatory())
    .action(async (asked: string, role: string, options: Aim) => {
      const client = clientFor(context, options);
      const who = await findUser(client, asked);
      const where = await findRoom(client, options.room ?? '');
      await perform(context, client, options, {
        path: `/rooms/${segment(where.id)}/role`,
        body: { user: who.id, role },
        what: `make ${who.name} (${who.id}) ${role} in ${where.name}`,
      });
    });

  async function against(
    asked: string,
    options: Aim,
    { verb, seconds }: { verb: string; seconds?: number },
  ): Promise<void> {
    const client = clientFor(context, options);
    const who = await findUser(client, asked);
    const where = options.room === undefined ? null : await findRoom(client, options.room);
    const span =
      verb === 'mute' || verb === 'ban' ? ` for ${options.for === 'forever' ? 'good' : options.for}` : '';
    await perform(context, client, options, {
      path: `/users/${segment(who.id)}/${verb}`,
      body: { ...(where && { room: where.id }), ...(seconds !== undefined && { seconds }) },
      asks: verb === 'ban' || verb === 'kick',
      what: `${verb} ${who.name} (${who.id}) ${where ? `in ${where.name}` : 'everywhere'}${span}`,
    });
  }
}

const inShort = ({ kind, room, until: end }: Sanction): string =>
  `${kind}${room === '' ? '' : ` in ${room}`} ${until(end)}`;

/** `chahua status`, `key`, `token`. */
import { type Command, Option } from 'commander';
import { type Acts, perform } from './acts.ts';
import { segment } from './client.ts';
import { type ActOptions, clientFor, type Context, type ServerOptions } from './context.ts';
import { parseSpan } from './duration.ts';
import { findRoom, findUser } from './lookup.ts';
import { printFacts, printJson, printTable, time } from './print.ts';
import { act, look, noun } from './verb.ts';

interface Health {
  up: boolean;
  ms: number;
}
interface Node {
  id: string;
  name: string;
  version: string;
  uptimeSeconds: number;
  sockets: number;
  users: number;
  rooms: number;
  sendsPerSecond: number;
  store: Health;
  bus: Health;
}
interface Status {
  nodes: Node[];
  silent: { id: string; name: string; lastHeard: number }[];
  store: { epoch: string };
  openReports: number | null;
}
interface Key {
  id: string;
  name: string;
  user: string;
  rooms: string[];
  by: string;
  ts: number;
  revoked?: number;
}

export function addStatus(program: Command, context: Context): void {
  const { io } = context;
  look(program, 'status', 'every node: version, uptime, sockets, rooms, sends per second, health', [
    'status',
    'status --json',
  ]).action(async (options: ServerOptions) => {
    const found = await clientFor(context, options).get<Status>('/status');
    if (options.json) return printJson(io, found);
    const { nodes, silent, store, openReports } = found;
    const sum = (of: (node: Node) => number): number => nodes.reduce((all, node) => all + of(node), 0);
    printFacts(io, [
      ['nodes', silent.length > 0 ? `${nodes.length}, and ${silent.length} silent` : nodes.length],
      ['sockets', sum(({ sockets }) => sockets)],
      ['entries per second', Math.round(sum(({ sendsPerSecond }) => sendsPerSecond) * 10) / 10],
      ['epoch', store.epoch],
      ['open reports', openReports ?? 'unknown: the store is out of reach'],
    ]);
    const health = ({ up, ms }: Health): string => (up ? `up (${ms} ms)` : 'DOWN');
    io.out('\n');
    printTable(
      io,
      [
        { head: 'NODE', of: ({ name }) => name },
        { head: 'VERSION', of: ({ version }) => version },
        { head: 'UP SINCE', of: ({ uptimeSeconds }) => time(io.now() - uptimeSeconds * 1_000) },
        { head: 'SOCKETS', of: ({ sockets }) => sockets, right: true },
        { head: 'PEOPLE', of: ({ users }) => users, right: true },
        { head: 'ROOMS', of: ({ rooms }) => rooms, right: true },
        { head: 'ENTRIES/S', of: ({ sendsPerSecond }) => sendsPerSecond, right: true },
        { head: 'STORE', of: (node) => health(node.store) },
        { head: 'BUS', of: (node) => health(node.bus) },
        { head: 'ID', of: ({ id }) => id },
      ],
      nodes,
    );
    for (const { name, id, lastHeard } of silent) {
      io.out(`no answer from ${name} (${id}), last heard ${time(lastHeard)}\n`);
    }
  });
}

export function addKey(program: Command, context: Context): void {
  const { io } = context;
  const key = noun(program, 'key', 'API keys, by which programs post as bots');

  act(key, 'issue', 'make a key; it is shown once and kept nowhere', [
    'key issue --name 天气 --room 大厅',
    'key issue --name deploy --room 研发 --room 运维 --json | jq -r .key',
  ])
    .addOption(new Option('--name <bot>', 'what the bot is called').makeOptionMandatory())
    .addOption(new Option('--room <room...>', 'where it may post').makeOptionMandatory())
    .action(async (options: ActOptions & { name: string; room: string[] }) => {
      const client = clientFor(context, options);
      const rooms = [];
      for (const one of options.room) rooms.push(await findRoom(client, one));
      const answer = await perform<Acts & { key?: string }>(context, client, options, {
        path: '/keys',
        body: { name: options.name, rooms: rooms.map(({ id }) => id) },
        what: `issue a key for the bot ${options.name} in ${rooms.map(({ name }) => name).join(', ')}`,
      });
      if (answer?.key !== undefined && !options.json) io.out(`${answer.key}\n`);
    });

  look(key, 'list', 'all keys, the newest first', ['key list']).action(async (options: ServerOptions) => {
    const found = await clientFor(context, options).get<{ keys: Key[] }>('/keys');
    if (options.json) return printJson(io, found);
    printTable(
      io,
      [
        { head: 'KEY', of: ({ id }) => id },
        { head: 'BOT', of: ({ name }) => name },
        { head: 'ISSUED', of: ({ ts }) => time(ts) },
        { head: 'STATE', of: ({ revoked }) => (revoked === undefined ? 'good' : `revoked ${time(revoked)}`) },
        { head: 'ROOMS', of: ({ rooms }) => rooms.join(' '), wide: true },
      ],
      found.keys,
    );
  });

  act(key, 'revoke ID', 'end a key at once', ['key revoke 7hGk2mQx --yes']).action(
    async (id: string, options: ActOptions) => {
      await perform(context, clientFor(context, options), options, {
        path: `/keys/${segment(id)}/revoke`,
        body: {},
        asks: true,
        what: `revoke the key ${id}`,
      });
    },
  );
}

export function addToken(program: Command, context: Context): void {
  const { io } = context;
  const token = noun(program, 'token', 'tokens for moderators');
  act(token, 'issue', 'a token for CHAHUA_TOKEN; it is shown once', [
    'token issue --user 小红 --role moderator --for 8h',
    'export CHAHUA_TOKEN=$(chahua token issue --user 小红 --role moderator --json | jq -r .token)',
  ])
    .addOption(new Option('--user <user>', 'whose it is: they stand in the audit log').makeOptionMandatory())
    .addOption(
      new Option('--role <role>', 'people and messages, or everything')
        .choices(['moderator', 'operator'])
        .makeOptionMandatory(),
    )
    .option('--for <duration>', 'how long it is good, at most 30d', '8h')
    .action(async (options: ActOptions & { user: string; role: string; for: string }) => {
      const seconds = parseSpan(options.for, '--for');
      const client = clientFor(context, options);
      const who = await findUser(client, options.user);
      const answer = await perform<Acts & { token?: string }>(context, client, options, {
        path: '/tokens',
        body: { user: who.id, role: options.role, seconds },
        what: `issue a token of the role ${options.role} to ${who.name} (${who.id}) for ${options.for}`,
      });
      if (answer?.token !== undefined && !options.json) io.out(`${answer.token}\n`);
    });

  act(token, 'revoke USER', 'end all tokens that a person has been given, at once', [
    'token revoke 小红 --yes',
    'token revoke 小红 --reason "lost the laptop" --yes',
  ]).action(async (asked: string, options: ActOptions) => {
    const client = clientFor(context, options);
    const who = await findUser(client, asked);
    await perform(context, client, options, {
      path: '/tokens/revoke',
      body: { user: who.id },
      asks: true,
      what: `end all tokens of ${who.name} (${who.id})`,
    });
  });
}

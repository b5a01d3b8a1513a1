/** The conventions of the command line, each as the manual says it: exit status, --json, questions, names, refusals. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';
import { at, Terminal } from './terminal.ts';

async function setUp(t: TestContext) {
  const server = await startServer(t);
  const { client, login: ann, hello } = await RawClient.arrive(server.url, '小明');
  const room = hello.rooms[0]!.id;
  return { server, client, user: ann.user.id, room };
}

test('exit status 0: done', async (t) => {
  const { server, user } = await setUp(t);
  const { code, out } = await at(server).run('user', 'mute', '小明', '--for', '10m', '--reason', '刷屏');
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^done: mute 小明 \\(${user}\\) everywhere for 10m\\n`));
});

test('exit status 1: refused or failed', async (t) => {
  const { server } = await setUp(t);
  const { code, err } = await at(server).run('user', 'unmute', '小明');
  assert.deepEqual([code, err], [1, 'chahua: user: there is no mute in force everywhere\n']);
});

test('exit status 2: wrong usage, with what is allowed', async (t) => {
  const { server } = await setUp(t);
  const wrong: [args: string[], message: RegExp][] = [
    [['user', 'mute', '小明', '--for', '10m'], /--reason TEXT is required/],
    [
      ['user', 'mute', '小明', '--for', 'soon', '--reason', 'x'],
      /--for: "soon" is no duration; allowed: .*10m, 2h or 7d, or forever/,
    ],
    [['user', 'mute'], /missing required argument 'USER'/],
    [['user', 'dance'], /unknown command/],
    [['message', 'list', '大厅', '--limit', '0'], /--limit: "0" is wrong; allowed: 1 to 500/],
    [['message', 'recall', '大厅', 'x', '--reason', 'y'], /SEQ: "x" is wrong/],
    [['message', 'recall', '大厅', '9-5', '--reason', 'y'], /SEQ: "9-5" is no range/],
    [['audit', 'list', '--since', 'yesterday'], /--since: "yesterday" is no moment; allowed: ISO 8601/],
    [['export', '大厅', '--out', 'x', '--format', 'pdf'], /Allowed choices are jsonl, csv, html/],
    [['report', 'resolve', 'x'], /required option '--action <action>' not specified/],
    [['status', '--server', 'nonsense'], /--server: "nonsense" is no address/],
    [['completion', 'tcsh'], /SHELL: "tcsh"; allowed: bash, zsh, fish/],
    [['help', 'user', 'dance'], /there is no user dance; known here: list, show, mute/],
    [['room', 'rename', '大厅', 'x'.repeat(65)], /^chahua: name: must be/m],
  ];
  const terminal = at(server);
  for (const [args, message] of wrong) {
    const { code, err, out } = await terminal.run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, message);
    assert.equal(out, '', 'stdout holds what was asked for and nothing else');
  }
});

test('exit status 3: not found', async (t) => {
  const { server } = await setUp(t);
  const terminal = at(server);
  for (const args of [
    ['user', 'show', 'nobody'],
    ['room', 'show', 'none'],
    ['message', 'show', '大厅', '999'],
    ['report', 'show', 'none'],
    ['key', 'revoke', 'none', '--yes'],
    ['words', 'remove', 'none', '--yes'],
  ]) {
    assert.equal((await terminal.run(...args)).code, 3, args.join(' '));
  }
});

test('exit status 4: not allowed, for a wrong token, none, another role, a user’s own', async (t) => {
  const { server } = await setUp(t);
  const { access } = await login(server.url, '小明');
  for (const CHAHUA_TOKEN of ['wrong', access]) {
    const { code, err } = await at(server, { env: { CHAHUA_TOKEN } }).run('status');
    assert.deepEqual([code, err], [4, 'chahua: The token is missing, invalid, expired or revoked.\n']);
  }
  const none = new Terminal({ env: { CHAHUA_SERVER: server.adminUrl } });
  const { code, err } = await none.run('status');
  assert.equal(code, 4);
  assert.match(err, /there is no token: set CHAHUA_TOKEN/);
  const moderator = at(server, { env: { CHAHUA_TOKEN: adminOf(server, 'moderator').token } });
  assert.equal((await moderator.run('status')).code, 0);
  const key = await moderator.run('key', 'list');
  assert.deepEqual([key.code, key.err], [4, 'chahua: this needs a token of the role operator\n']);
});

test('exit status 5: the server is down', async (t) => {
  const { server } = await setUp(t);
  const terminal = at(server);
  await server.stop();
  const { code, err } = await terminal.run('status');
  assert.equal(code, 5);
  assert.match(err, /^chahua: no server answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)\n$/);
});

test('exit status 5: the address of people is not that of moderators, and says so', async (t) => {
  const { server } = await setUp(t);
  const { code, err } = await at(server, { env: { CHAHUA_SERVER: server.url } }).run('status');
  assert.equal(code, 5);
  assert.match(err, /has no admin API: it may be the address for people/);
});

test('where and who: --server before CHAHUA_SERVER before this machine’s; without CHAHUA_TOKEN the local key', async (t) => {
  const { server } = await setUp(t);
  const { token } = adminOf(server);
  const local = { adminUrl: () => server.adminUrl, operatorToken: () => token };
  const codeOf = async (env: Record<string, string>, ...args: string[]): Promise<number> =>
    (await new Terminal({ local, env }).run('status', ...args)).code;
  assert.equal(await codeOf({}), 0);
  assert.equal(await codeOf({ CHAHUA_SERVER: 'http://127.0.0.1:1' }), 5);
  assert.equal(await codeOf({ CHAHUA_SERVER: 'http://127.0.0.1:1' }, '--server', `${server.adminUrl}/`), 0);
  assert.equal(await codeOf({ CHAHUA_TOKEN: 'wrong' }), 4);
});

test('--json is one document, of every listing and every act', async (t) => {
  const { server, client, room } = await setUp(t);
  const { seq } = await client.sendText(room, 'c1', '加微信');
  const terminal = at(server);
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { code, out, err } = await terminal.run(...args, '--json');
    assert.equal(code, 0, `${args.join(' ')}: ${err}`);
    return JSON.parse(out) as Record<string, unknown>;
  };
  const { client: neighbour } = await RawClient.arrive(server.url, '小红');
  await neighbour.ask('message.report', { room, target: seq, reason: 'spam' });
  const [report] = (await json('report', 'list', '--open'))['reports'] as { id: string }[];
  assert.ok(report);
  const holds: [key: string, args: string[]][] = [
    ['node', ['status']],
    ['rooms', ['room', 'list']],
    ['room', ['room', 'show', '大厅']],
    ['members', ['room', 'members', '大厅']],
    ['users', ['user', 'list']],
    ['user', ['user', 'show', '小明']],
    ['sanctions', ['user', 'list', '--sanctioned']],
    ['entries', ['message', 'list', '大厅']],
    ['entry', ['message', 'show', '大厅', String(seq)]],
    ['hits', ['message', 'search', '微信']],
    ['reports', ['report', 'list']],
    ['report', ['report', 'show', report.id]],
    ['words', ['words', 'list']],
    ['matches', ['words', 'test', '微信']],
    ['records', ['audit', 'list']],
    ['keys', ['key', 'list']],
    ['rooms', ['store', 'check']],
    ['acts', ['words', 'add', '微信', '--action', 'flag']],
    ['acts', ['room', 'slow', '大厅', '5s', '--dry-run']],
    ['token', ['token', 'issue', '--user', '小明', '--role', 'moderator']],
    ['key', ['key', 'issue', '--name', 'b', '--room', '大厅']],
  ];
  for (const [key, args] of holds) assert.ok(key in (await json(...args)), args.join(' '));
});

test('--dry-run says what would change and changes nothing', async (t) => {
  const { server, client, room } = await setUp(t);
  const { seq } = await client.sendText(room, 'c1', 'x');
  const terminal = at(server);
  for (const args of [
    ['user', 'ban', '小明', '--reason', 'x'],
    ['message', 'recall', '大厅', String(seq), '--reason', 'x'],
    ['room', 'close', '大厅', '--reason', 'x'],
    ['words', 'add', 'x'],
    ['key', 'issue', '--name', 'b', '--room', '大厅'],
    ['token', 'issue', '--user', '小明', '--role', 'operator'],
  ]) {
    const { code, out } = await terminal.run(...args, '--dry-run');
    assert.equal(code, 0, args.join(' '));
    assert.match(out, /^would /);
    assert.doesNotMatch(out, /chahua_|eyJ/);
  }
  assert.equal((await terminal.run('audit', 'list', '--json')).out.includes('"act"'), false);
  assert.equal(client.ended, false);
});

test('destructive verbs ask: y does it, anything else does not', async (t) => {
  const { server, client, room } = await setUp(t);
  const { seq } = await client.sendText(room, 'c1', '读我');
  const args = ['message', 'recall', '大厅', String(seq), '--reason', 'x'];
  const no = at(server, { answer: '' });
  const refused = await no.run(...args);
  assert.deepEqual([refused.code, no.questions.length], [1, 1]);
  assert.match(no.questions[0] ?? '', /^recall message \d+ in 大厅 \(.*\)\? \[y\/N\] $/);
  assert.match(refused.err, /小明: 读我[^]*nothing was changed/);
  const yes = at(server, { answer: 'y' });
  assert.equal((await yes.run(...args)).code, 0);
  assert.equal((await client.ask('message.history', { room })).entries.at(-2)?.recalled, true);
});

test('without a terminal destructive verbs refuse, unless --yes is given', async (t) => {
  const { server, client } = await setUp(t);
  const terminal = at(server);
  const destructive = [
    ['user', 'ban', '小明', '--reason', 'x'],
    ['user', 'kick', '小明', '--reason', 'x'],
    ['room', 'close', '大厅', '--reason', 'x'],
    ['room', 'remove', '大厅', '小明'],
    ['message', 'recall', '大厅', '1', '--reason', 'x'],
    ['words', 'remove', 'x'],
    ['key', 'revoke', 'x'],
    ['token', 'revoke', '小明'],
    ['report', 'resolve', 'x', '--action', 'ban', '--reason', 'x'],
    ['store', 'bump-epoch'],
  ];
  for (const args of destructive) {
    const { code, err } = await terminal.run(...args);
    assert.equal(code, 1, args.join(' '));
    assert.match(err, /give --yes if you mean it/);
  }
  assert.equal(client.ended, false);
  assert.equal((await terminal.run('user', 'ban', '小明', '--reason', 'x', '--yes')).code, 0);
  assert.equal((await client.closed).code, 4501);
});

test('an ambiguous name lists the candidates and changes nothing; the id of one will do', async (t) => {
  const { server } = await setUp(t);
  const twin = await login(server.url, 'twin');
  await fetch(`${server.url}/v1/me`, {
    method: 'POST',
    headers: { authorization: `Bearer ${twin.access}` },
    body: JSON.stringify({ name: '小明' }),
  });
  const terminal = at(server);
  const { code, err } = await terminal.run('user', 'mute', '小明', '--reason', 'x');
  assert.equal(code, 1);
  assert.match(err, /user: "小明" names 2 of them; give the id of one:/);
  assert.ok(err.includes(`  ${twin.user.id}  小明`));
  assert.equal((await terminal.run('user', 'mute', twin.user.id, '--reason', 'x')).code, 0);
  const near = await terminal.run('user', 'show', '明');
  assert.equal(near.code, 3);
  assert.match(near.err, /these have it in their names:/);
});

/** What the command line prints: aligned, harmless, coloured only where it is wanted; following; exporting. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import widthOf from 'string-width';
import { RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';
import { at } from './terminal.ts';

const ESCAPE = '\u001b';

async function setUp(t: TestContext) {
  const server = await startServer(t);
  const { client, hello } = await RawClient.arrive(server.url, '小明');
  const { client: other } = await RawClient.arrive(server.url, 'Bo');
  const folder = mkdtempSync(join(tmpdir(), 'chahua-export-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return { server, client, other, room: hello.rooms[0]!.id, folder };
}

test('a table is aligned by what characters take on a screen, and no line is wider than it', async (t) => {
  const { server, client, other, room } = await setUp(t);
  await client.sendText(room, 'c1', '茶'.repeat(200));
  await other.sendText(room, 'c2', 'tea 茶 for you');
  const { out } = await at(server, { seen: true, columns: 80, env: { NO_COLOR: '1' } }).run(
    'message',
    'search',
    '茶',
  );
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  for (const line of lines) assert.ok(widthOf(line) <= 80, line);
  const column = (line: string, text: string) => widthOf(line.slice(0, line.indexOf(text)));
  assert.equal(column(lines[1]!, 'tea'), column(lines[0]!, 'SAYS'));
  assert.equal(column(lines[2]!, '茶茶'), column(lines[0]!, 'SAYS'));
  assert.ok(lines[2]!.endsWith('…'));
});

test('piped, a table is not cut; colour is on a terminal only, and not with NO_COLOR', async (t) => {
  const { server, client, room } = await setUp(t);
  await client.sendText(room, 'c1', '茶'.repeat(200));
  const piped = await at(server, { columns: 80 }).run('message', 'search', '茶');
  assert.ok(piped.out.includes('茶'.repeat(200)));
  assert.ok(!piped.out.includes(ESCAPE));
  const seen = await at(server, { seen: true }).run('user', 'list');
  assert.ok(seen.out.startsWith(`${ESCAPE}[1mUSER`));
  const plain = await at(server, { seen: true, env: { NO_COLOR: '1' } }).run('user', 'list');
  assert.ok(!plain.out.includes(ESCAPE));
});

test('what people wrote is harmless to a terminal', async (t) => {
  const { server, client, room } = await setUp(t);
  await client.sendText(room, 'c1', `${ESCAPE}]0;owned\u0007${ESCAPE}[2J\u202etxt.exe\nnext`);
  const { out } = await at(server, { seen: true, env: { NO_COLOR: '1' } }).run('message', 'list', '大厅');
  assert.match(out, /小明: \\u\{1b\}\]0;owned\\u\{7\}\\u\{1b\}\[2J\\u\{202e\}txt\.exe⏎next\n$/);
});

test('--follow prints what comes, one line each with --json, waits for a server that is away, and ends well', async (t) => {
  const { server, client, room } = await setUp(t);
  await client.sendText(room, 'c1', 'first');
  const terminal = at(server);
  let turns = 0;
  terminal.onSleep = () => {
    turns += 1;
    if (turns === 1) void client.sendText(room, 'c2', 'second');
    if (terminal.out.includes('second')) terminal.interrupt.abort();
  };
  const { code, out } = await terminal.run('message', 'list', '大厅', '--follow', '--json');
  assert.equal(code, 0);
  const entries = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; body: { text?: string } });
  assert.deepEqual(
    entries.slice(-2).map(({ body }) => body.text),
    ['first', 'second'],
  );
  const seqs = entries.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, i) => i + 1),
  );

  const log = at(server);
  let acted = false;
  log.onSleep = () => {
    if (!acted) void at(server).run('words', 'add', '茶');
    acted = true;
    if (log.out.includes('words.add')) log.interrupt.abort();
  };
  const followed = await log.run('audit', 'list', '--follow', '--json');
  assert.equal(followed.code, 0);
  const acts = followed.out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { act: string }).act);
  assert.equal(acts.at(-1), 'words.add');
});

test('an export holds every entry; markup in HTML and formulas in CSV do nothing', async (t) => {
  const { server, client, room, folder } = await setUp(t);
  await client.sendText(room, 'c1', '<script>alert(1)</script>');
  await client.sendText(room, 'c2', '=HYPERLINK("http://x","y")');
  const terminal = at(server);
  const exported = async (format: string): Promise<string> => {
    const file = join(folder, `room.${format}`);
    const { code, out } = await terminal.run('export', '大厅', '--out', file, '--format', format);
    assert.deepEqual([code, out], [0, '']);
    return readFileSync(file, 'utf8');
  };
  const lines = (await exported('jsonl'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; name: string });
  assert.deepEqual(
    lines.map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
  assert.equal(lines[4]?.name, '小明');
  const html = await exported('html');
  assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;') && !html.includes('<script>'));
  const csv = await exported('csv');
  assert.ok(csv.startsWith('\uFEFFseq,time,'));
  assert.ok(csv.includes(`"'=HYPERLINK(""http://x"",""y"")"`));
  const { records } = JSON.parse((await terminal.run('audit', 'list', '--looks', '--json')).out) as {
    records: { act: string }[];
  };
  assert.equal(records.filter(({ act }) => act === 'message.export').length, 1);
  const piped = await terminal.run('export', '大厅', '--out', '-');
  assert.equal(piped.out.trimEnd().split('\n').length, 5);
});

test('Ctrl-C leaves no half-written file, and what stood there stays', async (t) => {
  const { server, folder } = await setUp(t);
  const file = join(folder, 'room.html');
  writeFileSync(file, 'before');
  const terminal = at(server);
  terminal.interrupt.abort();
  const { code } = await terminal.run('export', '大厅', '--out', file, '--format', 'html');
  assert.equal(code, 130);
  assert.deepEqual(readdirSync(folder), ['room.html']);
  assert.equal(readFileSync(file, 'utf8'), 'before');
});

test('help has examples for every verb, and completion knows every verb and option', async (t) => {
  const { server } = await setUp(t);
  const terminal = at(server);
  const { out: tour } = await terminal.run('help');
  const nouns = [...tour.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
  assert.ok(nouns.length >= 13, nouns.join(' '));
  let verbs = 0;
  for (const noun of nouns.filter((name) => name !== 'help')) {
    const { out } = await terminal.run('help', noun);
    const names = [...out.matchAll(/^ {2}([a-z-]+) \[options\]/gm)].map(([, name]) => name!);
    for (const verb of names) {
      verbs += 1;
      const help = await terminal.run('help', noun, verb);
      assert.match(
        help.out,
        new RegExp(`Examples:\\n +\\$ (export .*)?chahua ${noun} ${verb}`),
        `${noun} ${verb}`,
      );
    }
    if (names.length === 0) assert.match(out, /Examples:\n/, noun);
  }
  assert.ok(verbs >= 30, String(verbs));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await terminal.run('completion', shell);
    assert.equal(code, 0);
    for (const word of ['recall', 'bump-epoch', 'dry-run', 'sanctioned']) assert.ok(out.includes(word), word);
  }
});

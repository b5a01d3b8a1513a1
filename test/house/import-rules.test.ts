/**
 * The import rules can fail: a small tree in a temporary folder breaks each of them once, beside imports that
 * are allowed, and the report must name exactly the broken ones. A rule without a planted violation fails too.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Report {
  summary: {
    violations: { from: string; rule: { name: string } }[];
    ruleSetUsed: { forbidden: { name: string }[] };
  };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const packages = ['typebox', 'uWebSockets.js', 'jsonwebtoken', 'mongodb', 'pino'];

/** Allowed, all of it; also what the planted files reach for. */
const sound: Record<string, string> = {
  'miniprogram/app.ts': `import { Engine } from './sync/engine'; export const app = Engine;`,
  'miniprogram/config.ts': `export const config = 1;`,
  'miniprogram/format.ts': `export const format = 1;`,
  'miniprogram/protocol/limits.ts': `export interface Limits { page: number } export const limits = 1;`,
  'miniprogram/protocol/frames.ts': `import type { Limits } from './limits'; export type Frame = Limits;`,
  'miniprogram/net/connection.ts': `import { limits } from '../protocol/limits'; export class Connection { n = limits; }`,
  'miniprogram/sync/engine.ts': `import type { Connection } from '../net/connection'; export type C = Connection; export const Engine = 1;`,
  'miniprogram/store/page-store.ts': `import type { Frame } from '../protocol/frames'; export type F = Frame; export const pageStore = 1;`,
  'miniprogram/components/avatar/avatar.ts': `import { format } from '../../format'; import { tint } from './tint'; export default [format, tint];`,
  'miniprogram/words/language.ts': `import type { F } from '../store/page-store'; export type W = F; export const words = 1;`,
  'miniprogram/components/avatar/tint.ts': `import type { Frame } from '../../protocol/frames'; export type F = Frame; export const tint = 1;`,
  'miniprogram/pages/chat/chat.ts': `import { pageStore } from '../../store/page-store'; export default pageStore;`,
  'server/main.ts': `import { open } from './store/open.ts'; export const main = open;`,
  'server/config.ts': `export interface Config { port: number } export const config = 1;`,
  'server/outcome.ts': `export class Refusal {}`,
  'server/domain/ports.ts': `export interface Store { head: number } export const port = 1;`,
  'server/domain/access.ts': `import type { Frame } from '../../miniprogram/protocol/frames.ts'; export type F = Frame;`,
  'server/session/session.ts': `import { randomUUID } from 'node:crypto'; import type { Peer } from '../edge/peer.ts'; export type P = Peer; export const s = randomUUID;`,
  'server/session/tokens.ts': `import jwt from 'jsonwebtoken'; export default jwt;`,
  'server/edge/peer.ts': `export interface Peer { id: number } export const peer = 1;`,
  'server/edge/uws.ts': `import { App } from 'uWebSockets.js'; import { dispatch } from '../commands/dispatch.ts'; export default [App, dispatch];`,
  'server/edge/schemas.ts': `import Type from 'typebox'; import { Compile } from 'typebox/compile'; import type { Config } from '../config.ts'; export type C = Config; export default [Type, Compile];`,
  'server/commands/dispatch.ts': `import { Refusal } from '../outcome.ts'; import type { Store } from '../domain/ports.ts'; export type S = Store; export const dispatch = Refusal;`,
  'server/commands/table.ts': `export const table = 1;`,
  'server/store/open.ts': `import { DatabaseSync } from 'node:sqlite'; import type { Store } from '../domain/ports.ts'; export type S = Store; export const open = DatabaseSync;`,
  'server/bus/local.ts': `import type { Store } from '../domain/ports.ts'; export type S = Store; export const bus = 1;`,
  'server/wechat/api.ts': `import { createHash } from 'node:crypto'; import type { Store } from '../domain/ports.ts'; export type S = Store; export default createHash;`,
  'server/workers/hub.ts': `import { connect } from 'node:net'; import type { Store } from '../domain/ports.ts'; export type S = Store; export default connect;`,
  'server/cli/client.ts': `import { request } from 'node:http'; export default request;`,
  'test/support/clock.ts': `export const clock = 1;`,
  // A circle that a type closes is none at run time.
  'server/metrics.ts': `import { log } from './log.ts'; export default log; export interface Metrics { n: number }`,
  'server/log.ts': `import type { Metrics } from './metrics.ts'; export type L = Metrics; export const log = 1;`,
};

/** [file, its one import, every rule that must speak up]; a circle is reported once. */
const planted: [file: string, source: string, rules: string[]][] = [
  [
    'miniprogram/protocol/p1.ts',
    `import { limits } from './limits'; export default limits;`,
    ['protocol at run time'],
  ],
  [
    'miniprogram/protocol/p2.ts',
    `import type { Connection } from '../net/connection'; export type C = Connection;`,
    ['protocol as type'],
  ],
  [
    'miniprogram/net/n1.ts',
    `import { Engine } from '../sync/engine'; export default Engine;`,
    ['net at run time'],
  ],
  ['miniprogram/net/n2.ts', `import type { C } from '../sync/engine'; export type D = C;`, ['net as type']],
  [
    'miniprogram/sync/s1.ts',
    `import { Connection } from '../net/connection'; export default Connection;`,
    ['sync at run time'],
  ],
  [
    'miniprogram/sync/s2.ts',
    `import type { F } from '../store/page-store'; export type G = F;`,
    ['sync as type'],
  ],
  [
    'miniprogram/store/c1.ts',
    `import { limits } from '../protocol/limits'; export default limits;`,
    ['client store at run time'],
  ],
  [
    'miniprogram/store/c2.ts',
    `import type { Connection } from '../net/connection'; export type C = Connection;`,
    ['client store as type'],
  ],
  [
    'miniprogram/words/w1.ts',
    `import { pageStore } from '../store/page-store'; export default pageStore;`,
    ['words at run time'],
  ],
  [
    'miniprogram/words/w2.ts',
    `import type { C } from '../sync/engine'; export type D = C;`,
    ['words as type'],
  ],
  [
    'miniprogram/components/list/l1.ts',
    `import { tint } from '../avatar/tint'; export default tint;`,
    ['components at run time'],
  ],
  [
    'miniprogram/components/list/l2.ts',
    `import type { F } from '../../store/page-store'; export type G = F;`,
    ['components as type'],
  ],
  [
    'miniprogram/pages/rooms/r1.ts',
    `import { Engine } from '../../sync/engine'; export default Engine;`,
    ['pages at run time'],
  ],
  [
    'miniprogram/pages/rooms/r2.ts',
    `import type { Connection } from '../../net/connection'; export type C = Connection;`,
    ['pages as type'],
  ],
  [
    'server/edge/e1.ts',
    `import { open } from '../store/open.ts'; export default open;`,
    ['edge at run time'],
  ],
  ['server/edge/e2.ts', `import type { S } from '../bus/local.ts'; export type T = S;`, ['edge as type']],
  [
    'server/edge/e3.ts',
    `import { App } from 'uWebSockets.js'; export default App;`,
    ['uWebSockets.js in edge/uws.ts only'],
  ],
  [
    'server/edge/e4.ts',
    `import { table } from '../commands/table.ts'; export default table;`,
    ['edge at run time'],
  ],
  [
    'server/wechat/w1.ts',
    `import { open } from '../store/open.ts'; export default open;`,
    ['wechat at run time'],
  ],
  [
    'server/wechat/w2.ts',
    `import type { P } from '../session/session.ts'; export type Q = P;`,
    ['wechat as type'],
  ],
  [
    'server/session/t1.ts',
    `import { dispatch } from '../commands/dispatch.ts'; export default dispatch;`,
    ['session at run time'],
  ],
  [
    'server/session/t2.ts',
    `import type { S } from '../store/open.ts'; export type T = S;`,
    ['session as type'],
  ],
  [
    'server/session/t3.ts',
    `import jwt from 'jsonwebtoken'; export default jwt;`,
    ['jsonwebtoken in session/tokens.ts only'],
  ],
  [
    'server/commands/o1.ts',
    `import { port } from '../domain/ports.ts'; export default port;`,
    ['commands at run time'],
  ],
  [
    'server/commands/o2.ts',
    `import type { Peer } from '../edge/peer.ts'; export type P = Peer;`,
    ['commands as type'],
  ],
  [
    'server/domain/d1.ts',
    `import { readFileSync } from 'node:fs'; export default readFileSync;`,
    ['domain at run time'],
  ],
  [
    'server/domain/d2.ts',
    `import type { Config } from '../config.ts'; export type C = Config;`,
    ['domain as type'],
  ],
  ['server/domain/d3.ts', `import pino from 'pino'; export default pino;`, ['domain at run time']],
  [
    'server/store/k1.ts',
    `import { config } from '../config.ts'; export default config;`,
    ['server store at run time'],
  ],
  [
    'server/store/k2.ts',
    `import type { F } from '../domain/access.ts'; export type G = F;`,
    ['server store as type'],
  ],
  [
    'server/store/k3.ts',
    `import { MongoClient } from 'mongodb'; export default MongoClient;`,
    ['mongodb in store/mongo only'],
  ],
  [
    'server/bus/b1.ts',
    `import { port } from '../domain/ports.ts'; export default port;`,
    ['bus at run time'],
  ],
  [
    'server/workers/w1.ts',
    `import { port } from '../domain/ports.ts'; export default port;`,
    ['workers at run time'],
  ],
  [
    'server/workers/w2.ts',
    `import type { C } from '../edge/schemas.ts'; export type D = C;`,
    ['workers as type'],
  ],
  ['server/bus/b2.ts', `import type { S } from '../store/open.ts'; export type T = S;`, ['bus as type']],
  [
    'server/words/l1.ts',
    `import { port } from '../domain/ports.ts'; export default port;`,
    ['word list at run time'],
  ],
  [
    'server/words/l2.ts',
    `import type { Config } from '../config.ts'; export type C = Config;`,
    ['word list as type'],
  ],
  [
    'server/admin/l1.ts',
    `import { table } from '../commands/table.ts'; export default table;`,
    ['admin at run time'],
  ],
  [
    'server/admin/l2.ts',
    `import type { open } from '../store/open.ts'; export type O = typeof open;`,
    ['admin as type'],
  ],
  ['server/cli/i1.ts', `import { config } from '../config.ts'; export default config;`, ['cli at run time']],
  [
    'server/cli/i2.ts',
    `import type { Config } from '../config.ts'; export type C = Config;`,
    ['cli as type'],
  ],
  [
    'server/a1.ts',
    `import { format } from '../miniprogram/format.ts'; export default format;`,
    ['the server reads only the protocol of the mini-program'],
  ],
  [
    'miniprogram/a2.ts',
    `import { readFileSync } from 'node:fs'; export default readFileSync;`,
    ['the mini-program stands alone'],
  ],
  [
    'server/a3.ts',
    `import { main } from './main.ts'; export default main;`,
    ['nobody imports a composition root'],
  ],
  [
    'server/a4.ts',
    `import { clock } from '../test/support/clock.ts'; export default clock;`,
    ['sources know no tests and no scripts'],
  ],
  [
    'server/a5.ts',
    `import { gone } from './gone.ts'; export default gone;`,
    ['every import leads somewhere'],
  ],
  ['server/a6.ts', `import { b } from './a7.ts'; export const a = b;`, ['no circle at run time']],
  ['server/a7.ts', `import { a } from './a6.ts'; export const b = a;`, []],
];

let tree: string;
let report: Report;

before(async () => {
  tree = mkdtempSync(join(tmpdir(), 'chahua-rules-'));
  copyFileSync(join(root, '.dependency-cruiser.mjs'), join(tree, '.dependency-cruiser.mjs'));
  for (const [file, source] of [...Object.entries(sound), ...planted]) write(file, source);
  for (const name of packages) {
    write(`node_modules/${name}/package.json`, `{"name":"${name}","main":"index.js"}`);
    write(`node_modules/${name}/index.js`, '');
    write(`node_modules/${name}/compile.js`, '');
  }
  report = await cruise();
});

after(() => rmSync(tree, { recursive: true, force: true }));

test('each planted import is reported by its rule, and nothing else is', () => {
  const found = report.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
  const wanted = planted.flatMap(([file, , rules]) => rules.map((rule) => `${file}: ${rule}`)).sort();
  assert.deepEqual(found, wanted);
});

test('every rule has a planted violation', () => {
  const broken = new Set(planted.flatMap(([, , rules]) => rules));
  const rules = report.summary.ruleSetUsed.forbidden.map(({ name }) => name);
  assert.ok(rules.length > 20, `only ${rules.length} rules were read`);
  assert.deepEqual(
    rules.filter((name) => !broken.has(name)),
    [],
  );
});

function write(file: string, source: string) {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), source);
}

/** The tool ends with the number of violations as its code; the report is on stdout all the same. */
function cruise(): Promise<Report> {
  const args = [
    cruiser,
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'miniprogram',
    'server',
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: tree, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Report);
      } catch {
        reject(new Error(`no report from dependency-cruiser: ${stderr}`, { cause: error }));
      }
    });
  });
}

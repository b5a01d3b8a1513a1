import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../miniprogram/protocol/limits.ts';
import { describeConfig, readConfig } from '../server/config.ts';
import { assertFault, faultsOf } from './support/config-faults.ts';

const SECRET = 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B';
const OTHER = 'Zk4vQ8tYn2Wb6Xc0Lr9Sg5Ph7Md3Jf1A';
const PRODUCTION = { NODE_ENV: 'production', JWT_KEYS: `k1:${SECRET}` };

test('an empty environment gives the defaults of the protocol', () => {
  assert.deepEqual(readConfig({}), {
    production: false,
    host: '127.0.0.1',
    port: 8080,
    adminPort: 8081,
    dataDir: './data',
    contentCheck: { when: 'off', fail: 'open' },
    notices: { templates: {}, everyMinutes: 10, state: 'formal' },
    wechatApi: 'https://api.weixin.qq.com',
    limits: DEFAULT_LIMITS,
    origins: 'any',
    heartbeatMs: 10_000,
    devLogin: false,
    logLevel: 'info',
    retainDays: 0,
    trustProxy: { hops: 0 },
    addressLimits: {
      sockets: 5_000,
      handshakes: { perSecond: 100, burst: 5_000 },
      logins: { perSecond: 2, burst: 100 },
    },
    workers: 1,
  });
});

test('every variable that is set is read', () => {
  const config = readConfig({
    HOST: '::1',
    PORT: '0',
    ADMIN_PORT: '0',
    DATA_DIR: '/var/lib/chahua',
    JWT_KEYS: `k1:${SECRET}, k2:${OTHER}:with:colons`,
    WECHAT_APPID: 'wx0123456789abcdef',
    WECHAT_SECRET: 'fedcba9876543210fedcba9876543210',
    WECHAT_API: 'http://127.0.0.1:3000/wechat/',
    LIMITS:
      'sends=5/7, frame=8192,text=100,members=9,page=20,sockets=2,requests=3,recall=0,file=2000,uploads=5',
    CONTENT_CHECK: 'before',
    CONTENT_CHECK_FAIL: 'closed',
    WECHAT_PUSH_TOKEN: 'push',
    PUBLIC_URL: 'https://chat.example.org',
    SUBSCRIBE_TEMPLATES: 'direct:T-1:thing1=from',
    SUBSCRIBE_EVERY: '5',
    SUBSCRIBE_STATE: 'trial',
    DEV_LOGIN: '1',
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    TRUST_PROXY: '10.0.0.0/8',
    ADDRESS_LIMITS: 'sockets=9,handshakes=1/2,logins=3/4',
    RETAIN_DAYS: '90',
    HEARTBEAT_MS: '200',
    ORIGINS: 'https://a.example, http://b.example:8443',
  });
  assert.deepEqual(config, {
    production: false,
    host: '::1',
    port: 0,
    adminPort: 0,
    dataDir: '/var/lib/chahua',
    jwtKeys: [
      { kid: 'k1', secret: SECRET },
      { kid: 'k2', secret: `${OTHER}:with:colons` },
    ],
    wechat: { appid: 'wx0123456789abcdef', secret: 'fedcba9876543210fedcba9876543210' },
    wechatApi: 'http://127.0.0.1:3000/wechat',
    contentCheck: { when: 'before', fail: 'closed' },
    wechatPush: { token: 'push' },
    publicUrl: 'https://chat.example.org',
    notices: {
      templates: { direct: { id: 'T-1', fields: [{ name: 'thing1', source: 'from' }] } },
      everyMinutes: 5,
      state: 'trial',
    },
    limits: {
      sends: { perSecond: 5, burst: 7 },
      frame: 8192,
      text: 100,
      members: 9,
      page: 20,
      sockets: 2,
      requests: 3,
      recall: 0,
      file: 2000,
      uploads: 5,
    },
    origins: ['https://a.example', 'http://b.example:8443'],
    heartbeatMs: 200,
    devLogin: true,
    logLevel: 'silent',
    retainDays: 90,
    trustProxy: { networks: ['10.0.0.0/8'] },
    addressLimits: {
      sockets: 9,
      handshakes: { perSecond: 1, burst: 2 },
      logins: { perSecond: 3, burst: 4 },
    },
    workers: 1,
  });
});

test('a variable that is set to nothing counts as unset', () => {
  const env = {
    HOST: '',
    PORT: ' ',
    DATA_DIR: '',
    WECHAT_APPID: '',
    LIMITS: '',
    NODE_ENV: '',
    DEV_LOGIN: '',
  };
  assert.deepEqual(readConfig(env), readConfig({}));
});

test('the configuration cannot be changed, nor can the limits in it', () => {
  const config = readConfig({ JWT_KEYS: `k1:${SECRET}` });
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError);
  assert.throws(() => Object.assign(config.limits.sends, { burst: 1e9 }), TypeError);
  assert.throws(() => Object.assign(config.jwtKeys![0]!, { secret: '' }), TypeError);
  assert.equal(DEFAULT_LIMITS.sends.burst, 20);
});

test('all faults are listed at once, each in one line that names the variable, the fault and what is allowed', () => {
  const faults = faultsOf({
    HOST: 'two words',
    PORT: '65536',
    ADMIN_PORT: 'x',
    JWT_KEYS: 'k1:short',
    WECHAT_APPID: 'nonsense',
    WECHAT_API: 'ftp://x',
    LIMITS: 'frame=1',
    DEV_LOGIN: 'yes',
    NODE_ENV: 'prod',
    LOG_LEVEL: 'loud',
    HEARTBEAT_MS: '199',
    MONGODB_URL: 'http://127.0.0.1',
    NATS_URL: 'http://127.0.0.1',
  });
  for (const fault of faults) assert.match(fault, /^[A-Z_]+: [^\n]+; (allowed|required)[^\n]*: ?[^\n]+$/);
  assert.deepEqual(
    new Set(faults.map((fault) => fault.split(':')[0])),
    new Set([
      'HOST',
      'PORT',
      'ADMIN_PORT',
      'JWT_KEYS',
      'WECHAT_APPID',
      'WECHAT_SECRET',
      'WECHAT_API',
      'LIMITS',
      'DEV_LOGIN',
      'NODE_ENV',
      'LOG_LEVEL',
      'HEARTBEAT_MS',
      'MONGODB_URL',
      'NATS_URL',
    ]),
  );
});

test('several workers share one port, so it must be named', () => {
  assert.equal(readConfig({ WORKERS: '4' }).workers, 4);
  assertFault({ WORKERS: '2', PORT: '0' }, /^PORT: 0 gives each worker a port of its own/);
  for (const WORKERS of ['0', '65', 'all']) assertFault({ WORKERS }, /^WORKERS: .* allowed: 1 to 64$/);
});

test('a port that is no whole number from 0 to 65535 is refused', () => {
  for (const PORT of ['-1', '65536', '80.5', '0x50', '1e3', '8o80', '99999999999']) {
    assertFault({ PORT }, /^PORT: ".+" is out of range; allowed: 0 to 65535$/);
  }
});

test('the admin listener cannot have the public port, but both may have any free one', () => {
  assertFault({ PORT: '9000', ADMIN_PORT: '9000' }, /^ADMIN_PORT: 9000 is the public PORT/);
  assertFault({ PORT: '8081' }, /^ADMIN_PORT: 8081 is the public PORT/);
  readConfig({ PORT: '0', ADMIN_PORT: '0' });
});

test('a host is an address or a name', () => {
  for (const HOST of ['0.0.0.0', '::', 'localhost', 'chat.example.org'])
    assert.equal(readConfig({ HOST }).host, HOST);
  for (const HOST of ['http://a', '256.1.1.1', 'a b', '-a', 'a..b', '127.0.0.1:80'])
    assertFault({ HOST }, /^HOST: /);
});

test('MongoDB is named by the address that its driver takes', () => {
  assert.equal(readConfig({}).mongodbUrl, undefined);
  for (const MONGODB_URL of [
    'mongodb://127.0.0.1',
    'mongodb://u:p%40ss@one:27017,two:27017/chahua?replicaSet=rs0&tls=true',
    'mongodb+srv://u:p@cluster.example.org/',
  ]) {
    assert.equal(readConfig({ MONGODB_URL }).mongodbUrl, MONGODB_URL);
  }
  for (const MONGODB_URL of ['http://h', 'h:27017', 'mongodb://', 'mongodb://a b', 'mongodb://h/a.b']) {
    assertFault({ MONGODB_URL }, /^MONGODB_URL: is no address of MongoDB; allowed: mongodb:/);
  }
});

test('NATS is named by the addresses of its servers, with what lets us in', () => {
  assert.equal(readConfig({}).nats, undefined);
  assert.deepEqual(readConfig({ NATS_URL: 'nats://tea:p%40ss@10.0.0.1,nats2:5222' }).nats, {
    servers: ['10.0.0.1:4222', 'nats2:5222'],
    tls: false,
    user: 'tea',
    password: 'p@ss',
    isExposed: true,
  });
  assert.deepEqual(readConfig({ NATS_URL: 'tls://token@nats.example', NATS_CREDS: '/etc/tea.creds' }).nats, {
    servers: ['nats.example:4222'],
    tls: true,
    token: 'token',
    creds: '/etc/tea.creds',
    isExposed: false,
  });
  for (const NATS_URL of ['localhost', 'nats://127.0.0.1:1', 'nats://[::1]:4222'])
    assert.equal(readConfig({ NATS_URL }).nats?.isExposed, false, NATS_URL);
});

test('what is no address of NATS is refused, without quoting the password', () => {
  for (const NATS_URL of ['http://u:secret@h', 'nats://', 'nats://u:secret@h,http://h', 'nats://a b']) {
    assertFault({ NATS_URL }, /^NATS_URL: .*; allowed: nats:\/\//);
    assert.doesNotMatch(faultsOf({ NATS_URL }).join(), /secret/);
  }
  assertFault({ NATS_CREDS: '/x' }, /^NATS_CREDS: is set without NATS_URL/);
});

test('what is told of NATS in the log names servers, not credentials', () => {
  const told = describeConfig(readConfig({ NATS_URL: 'nats://tea:secret@h' }));
  assert.deepEqual(told.nats, ['h:4222']);
  assert.doesNotMatch(JSON.stringify(told), /secret/);
});

test('pages are named by their origins, whole', () => {
  assert.equal(readConfig({ ORIGINS: '*' }).origins, 'any');
  assert.equal(readConfig(PRODUCTION).origins, 'own');
  for (const ORIGINS of [
    'a.example',
    'https://a.example/',
    'https://a.example/path',
    'https://a.example,',
    'null',
  ]) {
    assertFault({ ORIGINS }, /^ORIGINS: ".*" is no origin; allowed: https:/);
  }
});

test('production starts with keys of its own and without login by name', () => {
  assert.equal(readConfig(PRODUCTION).production, true);
  assertFault({ NODE_ENV: 'production' }, /^JWT_KEYS: is not set; required with NODE_ENV=production/);
  assertFault(
    { ...PRODUCTION, DEV_LOGIN: '1' },
    /^DEV_LOGIN: .*allowed with NODE_ENV=production: 0, or unset$/,
  );
  readConfig({ ...PRODUCTION, DEV_LOGIN: '0' });
});

const WEAK = /^JWT_KEYS: the secret of k1 .*; allowed: at least 32 random bytes/;

test('S3: a secret that is short, empty or from a tutorial stops the server', () => {
  const weak = [
    '',
    SECRET.slice(1),
    'secretsecretsecretsecretsecretsecret-change-me',
    'a-string-secret-at-least-256-bits-long',
    'your-256-bit-secret-your-256-bit-secret!',
    'please-change-me-0d9f8a7b6c5e4d3c2b1a',
    'replace-me-with-at-least-32-random-bytes',
    'correct-password-horse-battery-staple',
  ];
  for (const secret of weak) assertFault({ JWT_KEYS: `k1:${secret}` }, WEAK);
  readConfig({ JWT_KEYS: `k1:${SECRET}` });
});

test('S3: a secret of 32 bytes that somebody typed will do for trying things, and stops the server in production', () => {
  const typed = [
    'a'.repeat(32),
    'uE3x9sVq-L0aPz7R'.repeat(2),
    '0123456789abcdef0123456789abcdef',
    'secretsecretsecretsecretsecretsecret',
    'abcdefghijklmnopqrstuvwxyz012345',
  ];
  for (const secret of typed) {
    const JWT_KEYS = `k1:${secret}`;
    assert.deepEqual(readConfig({ JWT_KEYS }).jwtKeys, [{ kid: 'k1', secret }]);
    assertFault({ JWT_KEYS, NODE_ENV: 'production' }, WEAK);
  }
});

test('S3: the example of .env.example does not start a server', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const [, JWT_KEYS] = /JWT_KEYS=(\S+)/.exec(example) ?? [];
  assertFault({ JWT_KEYS }, /^JWT_KEYS: the secret of k1 is a well-known example/);
});

test('a secret of 32 bytes, not characters, is long enough', () => {
  readConfig({ JWT_KEYS: 'k1:茶话会上见明天下午三点半老地方' });
});

test('keys without a kid, with a strange one, twice the same, or set to nothing are refused', () => {
  assertFault({ JWT_KEYS: SECRET }, /^JWT_KEYS: the kid of key 1 is malformed; allowed: /);
  assertFault({ JWT_KEYS: `../k:${SECRET}` }, /^JWT_KEYS: the kid of key 1 is malformed/);
  assertFault({ JWT_KEYS: `k1:${SECRET},k1:${OTHER}` }, /^JWT_KEYS: the kid k1 is there twice/);
  assertFault({ JWT_KEYS: `k1:${SECRET},` }, /^JWT_KEYS: the kid of key 2 is malformed/);
  assertFault({ JWT_KEYS: '' }, /^JWT_KEYS: is set to nothing; /);
  const many = Array.from({ length: 17 }, (_, n) => `k${n}:${SECRET}`).join(',');
  assertFault({ JWT_KEYS: many }, /^JWT_KEYS: 17 keys; allowed: 1 to 16 /);
});

test('WeChat needs both the AppID and the AppSecret', () => {
  assertFault({ WECHAT_APPID: 'wx0123456789abcdef' }, /^WECHAT_SECRET: is not set, but WECHAT_APPID is/);
  assertFault(
    { WECHAT_SECRET: 'fedcba9876543210fedcba9876543210' },
    /^WECHAT_APPID: is not set, but WECHAT_SECRET is/,
  );
});

test('the AppSecret never goes over a network in the clear', () => {
  for (const WECHAT_API of [
    'http://api.weixin.qq.com',
    'https://u:p@h',
    'https://h/?q',
    'h',
    'http://127.0.0.1.evil.org',
  ]) {
    assertFault({ WECHAT_API }, /^WECHAT_API: is not a base address; allowed: /);
  }
  for (const WECHAT_API of ['https://proxy.example.org/wechat', 'http://localhost:1', 'http://[::1]:1']) {
    assert.equal(readConfig({ WECHAT_API }).wechatApi, WECHAT_API);
  }
});

test('no secret is in a fault or in the description of the configuration', () => {
  const env = {
    JWT_KEYS: `k1:${SECRET},${OTHER}`,
    WECHAT_APPID: 'fedcba9876543210fedcba9876543210',
    WECHAT_SECRET: 'not/allowed/but/secret',
    MONGODB_URL: 'mongodb://root:hunter2@h h',
  };
  const said = faultsOf(env).join('\n');
  for (const secret of [SECRET, OTHER, env.WECHAT_APPID, env.WECHAT_SECRET, 'hunter2']) {
    assert.ok(!said.includes(secret), said);
  }
  const WECHAT_SECRET = 'fedcba9876543210fedcba9876543210';
  const good = readConfig({ JWT_KEYS: `k1:${SECRET}`, WECHAT_APPID: 'wx0123456789abcdef', WECHAT_SECRET });
  const described = JSON.stringify(describeConfig(good));
  assert.ok(!described.includes(SECRET) && !described.includes(WECHAT_SECRET), described);
  const { mongodbUrl } = describeConfig(readConfig({ MONGODB_URL: 'mongodb://root:hunter2@h' }));
  assert.equal(mongodbUrl, 'configured');
  assert.match(described, /"jwtKeys":\["k1"\]/);
  assert.match(described, /"wechat":"wx0123456789abcdef"/);
});

/** compose.yaml and the Dockerfile, as far as they can be judged without an engine: what they name is there. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readConfig } from '../../server/config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  image?: string;
  build?: string;
  environment?: Record<string, string>;
  depends_on?: string[] | Record<string, { condition: string }>;
  volumes?: string[];
  networks: string[];
  healthcheck?: unknown;
}

interface Compose {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);

test('what a service of compose.yaml names is there: services, networks, volumes, files', () => {
  for (const [name, { depends_on: after = [], networks, volumes = [] }] of services) {
    const needed = Array.isArray(after) ? after.map((one) => [one, {}] as const) : Object.entries(after);
    for (const [other, how] of needed) {
      assert.ok(compose.services[other], `${name} depends on ${other}`);
      if ('condition' in how && how.condition === 'service_healthy')
        assert.ok(compose.services[other].healthcheck, `${other} has a health check`);
    }
    for (const network of networks) assert.ok(network in compose.networks, `${name}: network ${network}`);
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      // Certificates are the operator's to bring.
      if (from === './deploy/tls') continue;
      if (from.startsWith('.')) assert.ok(existsSync(join(root, from)), `${name}: ${from}`);
      else assert.ok(from in compose.volumes, `${name}: volume ${from}`);
    }
  }
});

test('the workflow for GitHub runs what everybody runs, beside the servers that compose.yaml has', () => {
  const workflow = parse(read('.github/workflows/ci.yaml')) as {
    jobs: {
      test: {
        services: Record<string, { image: string }>;
        env: Record<string, string>;
        steps: { run?: string }[];
      };
    };
  };
  const { services: beside, env, steps } = workflow.jobs.test;
  assert.deepEqual(
    Object.values(beside).map(({ image }) => image),
    ['mongo', 'nats'].map((name) => compose.services[name]?.image),
  );
  assert.deepEqual(Object.keys(env), ['MONGODB_URL', 'NATS_URL']);
  assert.ok(steps.some(({ run }) => run?.endsWith(' .ci/run')));
});

test('every image is of a version; the database and the bus are on a network without a way out', () => {
  for (const [name, { image, build }] of services) {
    assert.ok(build === '.' || /^[a-z]+:\d/.test(image ?? ''), `${name}: ${image}`);
  }
  assert.deepEqual(compose.networks['inside'], { internal: true });
  for (const name of ['mongo', 'nats', 'mongo-set-up'])
    assert.deepEqual(compose.services[name]?.networks, ['inside']);
});

test('the server starts with the environment that the image and a node of compose.yaml give it', () => {
  const image: Record<string, string> = Object.fromEntries(
    [.../^ENV (.*)$/m.exec(read('Dockerfile'))![1]!.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
      name ?? '',
      value ?? '',
    ]),
  );
  const secret = randomBytes(32).toString('hex');
  const given: Record<string, string> = {
    MONGODB_PASSWORD: secret,
    NATS_PASSWORD: secret,
    JWT_KEYS: `k1:${secret}`,
    WECHAT_APPID: 'wx0123456789abcdef',
    WECHAT_SECRET: secret.slice(0, 32),
  };
  const environment = Object.entries(compose.services['node1']?.environment ?? {}).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{(\w+):[^}]*\}/g, (_, variable: string) => given[variable] ?? ''),
  ]);
  const { MONGODB_URL = '', ...rest } = Object.fromEntries(environment) as Record<string, string>;
  assert.match(MONGODB_URL, /^mongodb:\/\/chahua:[0-9a-f]{64}@mongo:27017\/chahua\?replicaSet=rs0/);
  const config = readConfig({ ...image, ...rest });
  assert.deepEqual(config.nats?.servers, ['nats:4222']);
  assert.equal(config.dataDir, '/data');
  assert.deepEqual(
    config.trustProxy,
    { hops: 1 },
    'people have addresses of their own, and not that of nginx',
  );
});

test('what the server imports is in the image: its own folders, and packages that are no dev dependencies', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (.+) (\S+)$/gm)].flatMap(([, from = '']) =>
    from.split(' '),
  );
  for (const path of copied) assert.ok(existsSync(join(root, path)), path);
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  const files = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts'));
  assert.ok(sources.length > 50);
  for (const file of sources) {
    for (const [, specifier = ''] of read(`server/${file}`).matchAll(
      /^(?:import|export|\}) .*from '([^']+)';$/gm,
    )) {
      if (specifier.startsWith('.')) {
        const path = join('server', file, '..', specifier);
        assert.ok(
          copied.some((folder) => path.startsWith(folder)),
          `${file}: ${specifier}`,
        );
      } else if (!isBuiltin(specifier)) {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        assert.ok(name in dependencies, `${file}: ${specifier} is among the dependencies`);
      }
    }
  }
});

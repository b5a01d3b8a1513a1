/**
 * Who may import whom: docs/architecture.md §3 as a table. A zone names what it may reach at run time and what
 * it may besides know as types; all else is refused. Two rules come of each row: `<zone> at run time` and
 * `<zone> as type`. test/house/import-rules.test.ts plants a violation of every one of them.
 */

const protocol = '^miniprogram/protocol/';
const outcome = '^server/outcome\\.ts$';
/** What the domain needs from outside, and the folder of its nouns. */
const ports = '^server/domain/ports(/|\\.ts$)';
const config = '^server/config\\.ts$';
/** What pages and components show facts and words with. */
const format = '^miniprogram/((format|directory)\\.ts$|words/)';

/** An npm package, by its folder or, where it is not installed, by its bare name. */
const npm = (name) => `^(node_modules/)?(@types/)?${name}(/|$)`;

/** `node: true` lets the zone use what Node brings. */
const zones = [
  { zone: 'protocol', from: protocol, runTime: [], asType: [protocol] },
  { zone: 'net', from: '^miniprogram/net/', runTime: [protocol, '^miniprogram/net/'], asType: [] },
  {
    zone: 'sync',
    from: '^miniprogram/sync/',
    runTime: [protocol, '^miniprogram/sync/'],
    asType: ['^miniprogram/net/'],
  },
  {
    zone: 'client store',
    from: '^miniprogram/store/',
    runTime: ['^miniprogram/store/'],
    asType: [protocol, '^miniprogram/sync/'],
  },
  {
    zone: 'words',
    from: '^miniprogram/words/',
    runTime: ['^miniprogram/words/', '^miniprogram/format\\.ts$', protocol],
    asType: ['^miniprogram/store/'],
  },
  {
    zone: 'components',
    from: '^miniprogram/components/([^/]+)/',
    runTime: [format, '^miniprogram/components/$1/'],
    asType: [protocol],
  },
  {
    zone: 'pages',
    from: '^miniprogram/pages/([^/]+)/',
    runTime: ['^miniprogram/store/page-store\\.ts$', format, protocol, '^miniprogram/pages/$1/'],
    asType: ['^typings/'],
  },
  {
    zone: 'edge',
    from: '^server/edge/',
    runTime: [
      '^server/(edge|session)/',
      '^server/commands/dispatch\\.ts$',
      protocol,
      outcome,
      npm('uWebSockets\\.js'),
      npm('typebox'),
      npm('@fastify/busboy'),
      npm('file-type'),
      npm('image-size'),
    ],
    asType: ['^server/domain/', config],
    node: true,
  },
  {
    zone: 'session',
    from: '^server/session/',
    runTime: ['^server/session/', protocol, outcome, npm('jsonwebtoken')],
    asType: [ports, '^server/edge/peer\\.ts$', config],
    node: true,
  },
  {
    zone: 'commands',
    from: '^server/commands/',
    runTime: ['^server/commands/', protocol, outcome],
    asType: ['^server/(domain|session)/'],
  },
  { zone: 'domain', from: '^server/domain/', runTime: ['^server/domain/', protocol, outcome], asType: [] },
  {
    zone: 'server store',
    from: '^server/store/',
    runTime: ['^server/store/', outcome, npm('mongodb')],
    asType: [ports, config, protocol],
    node: true,
  },
  {
    zone: 'bus',
    from: '^server/bus/',
    runTime: ['^server/bus/', outcome, npm('@nats-io')],
    asType: [ports, config],
    node: true,
  },
  {
    zone: 'workers',
    from: '^server/workers/',
    runTime: ['^server/workers/', outcome],
    asType: [ports, '^server/bus/linked\\.ts$'],
    node: true,
  },
  {
    zone: 'wechat',
    from: '^server/wechat/',
    runTime: ['^server/wechat/', protocol, outcome],
    asType: [ports, config],
    node: true,
  },
  {
    zone: 'word list',
    from: '^server/words/',
    runTime: ['^server/words/', npm('opencc-js')],
    asType: [ports],
  },
  {
    zone: 'admin',
    from: '^server/admin/',
    runTime: [
      '^server/admin/',
      '^server/edge/(http|shape)\\.ts$',
      '^server/domain/(order|subjects)\\.ts$',
      protocol,
      outcome,
      npm('typebox'),
    ],
    asType: ['^server/(domain|session)/', config],
  },
  {
    zone: 'cli',
    // Its main.ts is a composition root like the server's.
    from: '^server/cli/(?!main\\.ts$)',
    runTime: ['^server/cli/', npm('commander'), npm('cli-table3'), npm('string-width')],
    asType: [protocol],
    node: true,
  },
];

const row = ({ zone, from, runTime, asType, node }) => {
  const core = node ? ['core'] : [];
  return [
    {
      name: `${zone} at run time`,
      severity: 'error',
      from: { path: from },
      to: { ...(runTime.length ? { pathNot: runTime } : {}), dependencyTypesNot: ['type-only', ...core] },
    },
    {
      name: `${zone} as type`,
      severity: 'error',
      from: { path: from },
      to: { pathNot: [...runTime, ...asType], dependencyTypes: ['type-only'], dependencyTypesNot: core },
    },
  ];
};

export default {
  forbidden: [
    ...zones.flatMap(row),
    {
      name: 'the server reads only the protocol of the mini-program',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^miniprogram/', pathNot: [protocol] },
    },
    {
      name: 'the mini-program stands alone',
      comment: 'DevTools packages only what is under miniprogram/.',
      severity: 'error',
      from: { path: '^miniprogram/' },
      to: { pathNot: ['^miniprogram/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'uWebSockets.js in edge/uws.ts only',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/edge/uws\\.ts$' },
      to: { path: npm('uWebSockets\\.js') },
    },
    {
      name: 'jsonwebtoken in session/tokens.ts only',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/session/tokens\\.ts$' },
      to: { path: npm('jsonwebtoken') },
    },
    {
      name: 'mongodb in store/mongo only',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/store/mongo' },
      to: { path: npm('mongodb') },
    },
    {
      name: 'nobody imports a composition root',
      severity: 'error',
      from: {},
      to: { path: '^(server/main|server/cli/main|miniprogram/app)\\.ts$' },
    },
    {
      name: 'sources know no tests and no scripts',
      severity: 'error',
      from: { path: '^(server|miniprogram)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no circle at run time',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'every import leads somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};

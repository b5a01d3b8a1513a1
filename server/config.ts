/**
 * What the environment says, checked once and frozen (docs/protocol.md §6). Either every value is good, or the server
 * does not start and hears of all faults at once, each in one line: `VARIABLE: what is wrong; what is allowed`. Reads
 * no file and no `process`; a variable that is set to nothing counts as unset. No fault quotes a secret.
 */
import { isIP } from 'node:net';
import { HEARTBEAT_MS } from '../miniprogram/protocol/limits.ts';
import type { Limits } from '../miniprogram/protocol/limits.ts';
import type { HouseholdLimits } from './commands/households.ts';
import { parseHouseholdLimits } from './household-limits.ts';
import { keyFaults, parseKeys } from './keys.ts';
import type { JwtKey } from './keys.ts';
import { parseLimits } from './limits.ts';
import { parseNatsUrl, type NatsAddress } from './bus/nats-address.ts';
import { Variables } from './variables.ts';
import type { Environment } from './variables.ts';
import { readWechat } from './wechat-variables.ts';
import type { WechatConfig } from './wechat-variables.ts';

export type { Environment, JwtKey };
export type { CheckPolicy, WechatApp } from './wechat-variables.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config extends Readonly<WechatConfig> {
  readonly production: boolean;
  /** Address or name that the public listener binds. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly adminPort: number;
  readonly dataDir: string;
  /** The first signs. Absent: the server makes its own and keeps them in `dataDir`. */
  readonly jwtKeys?: readonly JwtKey[];
  /** Instead of these a file with them, which is looked at again and again. */
  readonly jwtKeysFile?: string;
  /** Pages that may open a socket (edge/origin.ts). */
  readonly origins: readonly string[] | 'any' | 'own';
  readonly limits: Readonly<Limits>;
  readonly heartbeatMs: number;
  readonly devLogin: boolean;
  /** Days that entries and their files are kept; 0: for ever. */
  readonly retainDays: number;
  readonly logLevel: LogLevel;
  /** How many proxies in a row, or the proxies at which addresses, are believed about where a request comes from. */
  readonly trustProxy: { readonly hops: number } | { readonly networks: readonly string[] };
  /** What one address may have of one node. */
  readonly addressLimits: Readonly<HouseholdLimits>;
  /** Processes that serve the port together. */
  readonly workers: number;
  /** Absent: the embedded store. May hold a password. */
  readonly mongodbUrl?: string;
  /** Absent: this node is alone. */
  readonly nats?: NatsAddress;
}

/** The environment is not one to start with. */
export class ConfigFault extends Error {
  /** One line each. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigFault';
    this.faults = faults;
  }
}

/** @throws ConfigFault with every fault */
export function readConfig(env: Environment): Config {
  const variables = new Variables(env);
  const production =
    variables.choice('NODE_ENV', ['development', 'production', 'test'], 'development') === 'production';
  const jwtKeysFile = variables.get('JWT_KEYS_FILE');
  const required = production && jwtKeysFile === undefined;
  const jwtKeys = readKeys(variables, env.JWT_KEYS, { production, required });
  const nats = readNats(variables);
  const mongodbUrl = readMongodbUrl(variables);
  const config: Config = {
    production,
    host: readHost(variables),
    ...readPorts(variables),
    dataDir: variables.get('DATA_DIR') ?? './data',
    ...(jwtKeys && { jwtKeys }),
    ...(jwtKeysFile !== undefined && { jwtKeysFile }),
    ...readWechat(variables),
    origins: readOrigins(variables, production),
    limits: readLimits(variables),
    heartbeatMs: variables.whole('HEARTBEAT_MS', { least: 200, most: 60_000, unset: HEARTBEAT_MS }),
    devLogin: variables.choice('DEV_LOGIN', ['0', '1'], '0') === '1',
    retainDays: variables.whole('RETAIN_DAYS', { least: 0, most: 36_500, unset: 0 }),
    logLevel: variables.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    trustProxy: readTrustProxy(variables),
    addressLimits: readAddressLimits(variables),
    workers: variables.whole('WORKERS', { least: 1, most: 64, unset: 1 }),
    ...(mongodbUrl !== undefined && { mongodbUrl }),
    ...(nats && { nats }),
  };
  if (production && config.devLogin) {
    variables.fault(
      'DEV_LOGIN',
      'lets anybody log in as anybody; allowed with NODE_ENV=production: 0, or unset',
    );
  }
  if (jwtKeysFile !== undefined && env.JWT_KEYS !== undefined) {
    variables.fault('JWT_KEYS_FILE', 'is set beside JWT_KEYS; allowed: one of the two');
  }
  if (config.workers > 1 && config.port === 0) {
    variables.fault(
      'PORT',
      '0 gives each worker a port of its own; allowed with WORKERS above 1: 1 to 65535',
    );
  }
  if (variables.faults.length > 0) throw new ConfigFault(variables.faults);
  return deepFreeze(config);
}

/** The configuration as it may be printed or logged: nothing in it is secret. */
export function describeConfig(config: Config): Record<string, unknown> {
  return {
    ...config,
    ...(config.mongodbUrl !== undefined && { mongodbUrl: 'configured' }),
    jwtKeys: config.jwtKeys?.map(({ kid }) => kid) ?? config.jwtKeysFile ?? 'kept in dataDir',
    wechat: config.wechat?.appid ?? 'not configured',
    wechatPush: config.wechatPush ? 'configured' : 'not configured',
    nats: config.nats?.servers ?? 'not configured',
  };
}

/** One or more hosts, a database's name, options. What the driver makes of it is told at start. */
const MONGODB_URL =
  /^mongodb(\+srv)?:\/\/([^@/\s]+@)?[\w.-]+(:\d{1,5})?(,[\w.-]+(:\d{1,5})?)*(\/[\w-]{0,63})?(\?\S*)?$/;

function readMongodbUrl(variables: Variables): string | undefined {
  const url = variables.get('MONGODB_URL');
  if (url === undefined || MONGODB_URL.test(url)) return url;
  // Not quoted: it may hold a password.
  const allowed =
    'mongodb://[user:password@]host[:port][,host…][/database][?options], mongodb+srv://…, or unset';
  variables.fault('MONGODB_URL', `is no address of MongoDB; allowed: ${allowed}`);
  return undefined;
}

function readNats(variables: Variables): NatsAddress | undefined {
  const url = variables.get('NATS_URL');
  const creds = variables.get('NATS_CREDS');
  if (url === undefined) {
    if (creds !== undefined)
      variables.fault('NATS_CREDS', 'is set without NATS_URL; allowed: both, or unset');
    return undefined;
  }
  const address = parseNatsUrl(url, creds);
  if (!('fault' in address)) return address;
  variables.fault('NATS_URL', address.fault);
  return undefined;
}

/** A number of proxies, or addresses and networks of them. */
function readTrustProxy(variables: Variables): Config['trustProxy'] {
  const text = variables.get('TRUST_PROXY') ?? '0';
  if (/^\d$/.test(text)) return { hops: Number(text) };
  const networks = text.split(',').map((network) => network.trim());
  const wrong = networks.find((network) => !isNetwork(network));
  if (wrong === undefined) return { networks };
  variables.fault(
    'TRUST_PROXY',
    `${JSON.stringify(wrong)} is no address; allowed: how many proxies (0 to 9), or addresses and networks such as 10.0.0.0/8,::1`,
  );
  return { hops: 0 };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** Unset: in development any page, in production those of the host itself. */
function readOrigins(variables: Variables, production: boolean): Config['origins'] {
  const text = variables.get('ORIGINS');
  if (text === undefined) return production ? 'own' : 'any';
  if (text === '*') return 'any';
  const origins = text.split(',').map((part) => part.trim());
  const strange = origins.filter((one) => !URL.canParse(one) || new URL(one).origin !== one);
  for (const one of strange) {
    variables.fault(
      'ORIGINS',
      `${JSON.stringify(one)} is no origin; allowed: https://host[:port][,…], * for any page, or unset`,
    );
  }
  return origins;
}

function readHost(variables: Variables): string {
  const host = variables.get('HOST') ?? '127.0.0.1';
  const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
  const isName = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`).test(host) && !/^[\d.]+$/.test(host);
  if (isIP(host) === 0 && !isName) {
    variables.fault(
      'HOST',
      `${JSON.stringify(host)} is no host; allowed: an IPv4 or IPv6 address, or a host name`,
    );
  }
  return host;
}

function readPorts(variables: Variables): { port: number; adminPort: number } {
  const port = variables.whole('PORT', { least: 0, most: 65_535, unset: 8080 });
  const adminPort = variables.whole('ADMIN_PORT', { least: 0, most: 65_535, unset: 8081 });
  if (port === adminPort && port !== 0) {
    variables.fault(
      'ADMIN_PORT',
      `${adminPort} is the public PORT; allowed: another port, or 0 for any free one`,
    );
  }
  return { port, adminPort };
}

function readKeys(
  variables: Variables,
  text: string | undefined,
  { production, required }: { production: boolean; required: boolean },
): JwtKey[] | undefined {
  if (text === undefined) {
    if (required)
      variables.fault(
        'JWT_KEYS',
        'is not set; required with NODE_ENV=production: kid:secret[,kid:secret…], or JWT_KEYS_FILE',
      );
    return undefined;
  }
  if (text.trim() === '') {
    variables.fault(
      'JWT_KEYS',
      'is set to nothing; allowed: kid:secret[,kid:secret…], or, outside production, unset',
    );
    return undefined;
  }
  const keys = parseKeys(text);
  for (const sentence of keyFaults(keys, production)) variables.fault('JWT_KEYS', sentence);
  return keys;
}

function readLimits(variables: Variables): Limits {
  const { limits, faults } = parseLimits(variables.get('LIMITS') ?? '');
  for (const sentence of faults) variables.fault('LIMITS', sentence);
  return limits;
}

function readAddressLimits(variables: Variables): HouseholdLimits {
  const { limits, faults } = parseHouseholdLimits(variables.get('ADDRESS_LIMITS') ?? '');
  for (const sentence of faults) variables.fault('ADDRESS_LIMITS', sentence);
  return limits;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}

/**
 * The server's log: JSON lines, or something readable on a terminal. What is handed out is a Logger and not pino, so
 * that every field of every line, at any depth, in an error or a child too, passes one gate: no token, secret,
 * session_key, openid or text of a message gets through under its name. A message is a fixed sentence; what varies
 * goes into the fields.
 */
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogLevel } from './config.ts';

/** Names of its own each line has already. */
export type Fields = Readonly<Record<string, unknown>> & { level?: never; time?: never; msg?: never };

export interface Lines {
  write(line: string): void;
}

export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** The process is about to end. */
  fatal(message: string, fields?: Fields): void;
  /** Every line of the child bears `fields`. */
  child(fields: Fields): Logger;
}

export interface LogOptions {
  level: LogLevel;
  form: 'json' | 'terminal';
  /** Default: standard output, written at once, so that nothing is lost when the process dies. */
  destination?: Lines;
}

export function createLogger({ level, form, destination }: LogOptions): Logger {
  const lines = destination ?? pino.destination({ dest: 1, sync: true });
  const root = pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Errors are made plain below, by the same rules as all else.
      serializers: { err: (plain: unknown) => plain },
    },
    form === 'json' ? lines : readable(lines),
  );
  return wrap(root, {});
}

function readable(lines: Lines): Lines {
  const format = prettyFactory({ colorize: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' });
  return { write: (line) => lines.write(format(line)) };
}

function wrap(sink: pino.Logger, bindings: Fields): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: string, fields: Fields = {}): void => {
      if (sink.isLevelEnabled(level))
        sink[level]({ ...bindings, ...scrubFields(fields, DEEPEST) }, clean(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => wrap(sink, { ...bindings, ...scrubFields(fields, DEEPEST) }),
  };
}

/** Names as they are compared: lower case, without - and _. */
const SECRET_NAME =
  /(token|secret|password|authorization|cookie|openid|unionid|sessionkey|apikey)$|^(access|refresh|jwt|jscode|sealed|text|body|query)$/;
/** A JWT, or a secret in the query of an address, inside a longer string such as the message of an error. */
const SECRET_PARTS =
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=[?&](secret|js_code|access_token|token|openid)=)[^&\s"']+/g;
const HIDDEN = '[hidden]';
const DEEPEST = 6;
const MOST_ITEMS = 50;
const LONGEST = 4_000;

function scrub(value: unknown, deeper: number): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (deeper === 0) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => scrub(item, deeper - 1));
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return scrubError(value, deeper);
  return scrubFields(value as Fields, deeper - 1);
}

function scrubError(error: Error, deeper: number): Fields {
  const { name, message, stack, cause } = error;
  return {
    ...scrubFields({ ...error }, deeper - 1),
    name,
    message: clean(message),
    stack: clean(stack ?? ''),
    ...(cause !== undefined && { cause: scrub(cause, deeper - 1) }),
  };
}

function scrubFields(fields: Fields, deeper: number): Fields {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields).slice(0, MOST_ITEMS)) {
    const compared = name.toLowerCase().replace(/[-_]/g, '');
    kept[name] = SECRET_NAME.test(compared) ? HIDDEN : scrub(value, deeper);
  }
  return kept;
}

function clean(text: string): string {
  const cleaned = text.replace(SECRET_PARTS, HIDDEN);
  return cleaned.length <= LONGEST ? cleaned : `${cleaned.slice(0, LONGEST)}…`;
}

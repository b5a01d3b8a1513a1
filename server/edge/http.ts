/**
 * HTTP without a server: what a route is, how a request finds its own, and how whatever comes of it, a refusal or a
 * bug too, becomes an answer (docs/protocol.md §5). `answer` never rejects. uws.ts turns bytes into an
 * IncomingRequest and an HttpResponse into bytes; the routes are in http-routes.ts.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { ErrorBody } from '../../miniprogram/protocol/errors.ts';
import { Refusal } from '../outcome.ts';
import { Cut } from './inflow.ts';

/** Who collects a body stops here and passes `body: null`. */
export const MAX_BODY_BYTES = 65_536;

/** A request as it came in, whole. */
export interface IncomingRequest {
  /** Upper case. */
  method: string;
  /** Without the query, not decoded. */
  path: string;
  /** Without the question mark. */
  query: string;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Address where it comes from. */
  remote: string;
  /** Null where there was more than MAX_BODY_BYTES; as it comes, for a route that `streams`. */
  body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

/** What a route sees of it. */
export interface HttpRequest {
  method: string;
  path: string;
  /** By the names in the route's path, decoded. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  header(name: string): string | undefined;
  remote: string;
  /** The parsed body. @throws Refusal TOO_LARGE, BAD_REQUEST */
  json(): unknown;
  /** The body as it comes, for a route that `streams`. */
  bytes(): AsyncIterable<Uint8Array>;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Outflow;
}

/** A body that is sent as it is read. */
export interface Outflow {
  /** Exactly so many bytes come. */
  size: number;
  bytes: AsyncIterable<Uint8Array>;
}

export interface Route {
  method: 'GET' | 'POST' | 'PATCH';
  /** Such as `/v1/files/:id`; a name stands for one whole segment. */
  path: string;
  /** Reads the body itself, as it comes: it is not collected. */
  streams?: true;
  run(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

/** @param onFault told of what is no Refusal, that is of a bug, with the route it happened in */
export async function answer(
  routes: readonly Route[],
  incoming: IncomingRequest,
  onFault: (reason: unknown, route: string) => void,
): Promise<HttpResponse> {
  const here = routesAt(routes, incoming.path);
  // Who asks for the head alone gets what GET would answer, and the edge keeps the body back.
  const method = incoming.method === 'HEAD' ? 'GET' : incoming.method;
  const found = here.find(({ route }) => route.method === method);
  if (found === undefined) {
    return here.length === 0 ? unknownPath() : wrongMethod(here.map(({ route }) => route.method));
  }
  const { route, params } = found;
  try {
    return await route.run(requestFrom(incoming, params));
  } catch (reason) {
    if (reason instanceof Refusal) return refused(reason.toBody());
    if (reason instanceof Cut) return refused({ code: ErrorCode.BAD_REQUEST, message: reason.message });
    onFault(reason, `${route.method} ${route.path}`);
    return refused({ code: ErrorCode.INTERNAL, message: 'The server failed; it has been noted. Try again.' });
  }
}

/** Whether the request's body is for its route to read as it comes. */
export function isStreamed(
  routes: readonly Route[],
  { method, path }: { method: string; path: string },
): boolean {
  return routesAt(routes, path).some(({ route }) => route.method === method && route.streams === true);
}

function routesAt(
  routes: readonly Route[],
  path: string,
): { route: Route; params: Record<string, string> }[] {
  return routes.flatMap((route) => {
    const params = paramsIn(route.path, path);
    return params === null ? [] : [{ route, params }];
  });
}

export function ok(body: unknown): HttpResponse {
  return json(200, body);
}

/** An error, with the status that fits its code unless another is given. */
export function refused(error: ErrorBody, status: number = STATUS[error.code]): HttpResponse {
  const headers: Record<string, string> = {};
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer';
  if (status === 429 || status === 503) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1_000)));
  }
  return json(status, { error }, headers);
}

const STATUS = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  MUTED: 403,
  BANNED: 403,
  CLOSED: 409,
  BLOCKED_CONTENT: 422,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, number>;

/** What every answer bears: none is for a cache, nor for a browser to guess at. */
export const ALWAYS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...ALWAYS, ...headers },
    body: JSON.stringify(body),
  };
}

function unknownPath(): HttpResponse {
  return refused({ code: ErrorCode.NOT_FOUND, message: 'There is nothing at this path.' });
}

function wrongMethod(allowed: readonly string[]): HttpResponse {
  const methods = allowed.join(', ');
  const error = {
    code: ErrorCode.BAD_REQUEST,
    message: `The method is not served here; allowed: ${methods}.`,
  };
  return json(405, { error }, { Allow: methods });
}

/** The params where `path` has the form of `pattern`, else null. */
function paramsIn(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== segment) return null;
      continue;
    }
    const value = decoded(segment);
    if (!value) return null;
    params[part.slice(1)] = value;
  }
  return params;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function requestFrom(incoming: IncomingRequest, params: Record<string, string>): HttpRequest {
  const { method, path, query, remote, body } = incoming;
  return {
    method,
    path,
    params,
    query: new URLSearchParams(query),
    header: (name) => incoming.header(name),
    remote,
    json: () => parsed(body),
    bytes: () => flowing(body),
  };
}

function flowing(body: IncomingRequest['body']): AsyncIterable<Uint8Array> {
  if (body === null || body instanceof Uint8Array) throw new Error('the route does not say that it streams');
  return body;
}

function parsed(body: IncomingRequest['body']): unknown {
  if (body !== null && !(body instanceof Uint8Array)) throw new Error('the route says that it streams');
  if (body === null)
    throw new Refusal(ErrorCode.TOO_LARGE, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // The parser's own words would repeat part of the body, and a token may be in it.
    throw new Refusal(ErrorCode.BAD_REQUEST, 'The body is not JSON in UTF-8; allowed: a JSON object.');
  }
}

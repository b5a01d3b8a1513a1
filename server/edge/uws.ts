/**
 * The only file that knows uWebSockets.js. Turns its sockets into Peers and its requests into HttpRequests. Two
 * rules of the library are kept here so that nobody else need know them: what a handler is given is gone when the
 * handler returns, so it is copied first; and a socket must not be touched after it closed.
 */
import { STATUS_CODES } from 'node:http';
import {
  App,
  us_listen_socket_close,
  us_socket_local_port,
  type HttpRequest as UwsRequest,
  type HttpResponse as UwsResponse,
  type TemplatedApp,
  type us_listen_socket,
} from 'uWebSockets.js';
import { CloseCode } from '../../miniprogram/protocol/errors.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { Dispatcher } from '../commands/dispatch.ts';
import { Hangup } from '../outcome.ts';
import type { Hub, Peer } from '../session/peer.ts';
import type { Session } from '../session/session.ts';
import type { AddressOf } from './address.ts';
import { decode } from './decode.ts';
import { answer, type HttpResponse, isStreamed, type Route } from './http.ts';
import { Inflow } from './inflow.ts';
import type { Handshake } from './origin.ts';
import { Outgoing } from './outgoing.ts';
import { collect, pour } from './pipe.ts';
import { SocketPeer } from './socket-peer.ts';

export interface SocketDeps {
  limits: Limits;
  /** Bytes that may wait for a slow reader; past it the socket ends. */
  maxBacklog: number;
  accept: (peer: Peer) => Session;
  /** Who is not let in is answered 403 or 429, and no socket exists. `leave`: called once, when the socket has ended. */
  admit: (handshake: Handshake & { remote: string }) => Admission;
  dispatcher: Dispatcher;
  onFrame?: (bytes: number) => void;
  /** A frame leaves: to one socket, or once to all of a topic. */
  onSent?: (bytes: number) => void;
  onClosed?: (closeCode: number) => void;
  /** Something was thrown that nobody expected; the process lives. */
  onBug: (reason: unknown) => void;
}

export type Admission = 'forbidden' | { retryAfterMs: number } | { leave: () => void };

export interface Listener {
  /** The port that was bound. */
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  stop(): void;
  /** Ends what is open, too. */
  close(): void;
}

/** What hangs on each socket, from its opening to its end. */
interface Hung {
  leave: () => void;
  peer?: SocketPeer;
  session?: Session;
}

/** LIBUS_LISTEN_EXCLUSIVE_PORT: without it a second server would share the port in silence … */
const EXCLUSIVE_PORT = 1;
/** … which is what workers want (SO_REUSEPORT): the kernel spreads new connections over them. */
const SHARED_PORT = 0;
/** The library takes options after a host; its types know them after a port alone. */
interface ExclusiveListen {
  listen(
    host: string,
    port: number,
    options: typeof EXCLUSIVE_PORT | typeof SHARED_PORT,
    listening: (socket: us_listen_socket | false) => void,
  ): void;
}

/** One listener: HTTP routes and, where `sockets` is given, `/ws`. */
export class UwsServer implements Hub {
  readonly #app: TemplatedApp = App();
  readonly #outgoing = new Outgoing();
  #onSent: (bytes: number) => void = () => undefined;
  readonly #addressOf: AddressOf;

  /** @param addressOf where a request comes from; else whoever is at the other end of its socket */
  constructor(addressOf: AddressOf = (remote) => remote) {
    this.#addressOf = addressOf;
  }

  publish(topic: string, frame: string): void {
    this.#outgoing.flush();
    this.#app.publish(topic, frame);
    this.#onSent(Buffer.byteLength(frame));
  }

  /** @param onBug told of what a route throws that is no Refusal */
  serve(routes: Route[], onBug: (reason: unknown, route: string) => void): this {
    this.#app.any('/*', (response, request) =>
      serveHttp(response, request, {
        routes,
        remote: this.#remoteOf(response, request.getHeader('x-forwarded-for')),
        onBug,
      }),
    );
    return this;
  }

  openSockets(path: string, deps: SocketDeps): this {
    const { limits, maxBacklog, accept, admit, onFrame, onSent, onClosed, onBug } = deps;
    this.#onSent = onSent ?? this.#onSent;
    const peerDeps = { outgoing: this.#outgoing, onSent: this.#onSent };
    this.#app.ws<Hung>(path, {
      maxPayloadLength: limits.frame,
      maxBackpressure: maxBacklog,
      // Without it a frame that does not fit is dropped in silence, and a live socket has a hole.
      closeOnBackpressureLimit: true,
      // Sessions look after silence themselves, by the protocol's own heartbeat.
      idleTimeout: 0,
      sendPingsAutomatically: false,
      upgrade: (response, request, context) => {
        const admission = admit({
          host: request.getHeader('host'),
          origin: request.getHeader('origin'),
          referer: request.getHeader('referer'),
          remote: this.#remoteOf(response, request.getHeader('x-forwarded-for')),
        });
        if (admission === 'forbidden') {
          response.cork(() => response.writeStatus('403 Forbidden').end());
          return;
        }
        if ('retryAfterMs' in admission) {
          const seconds = String(Math.ceil(admission.retryAfterMs / 1_000));
          response.cork(() =>
            response.writeStatus('429 Too Many Requests').writeHeader('Retry-After', seconds).end(),
          );
          return;
        }
        response.upgrade<Hung>(
          admission,
          request.getHeader('sec-websocket-key'),
          '',
          request.getHeader('sec-websocket-extensions'),
          context,
        );
      },
      open: (ws) => {
        const hung = ws.getUserData();
        hung.peer = new SocketPeer(ws, peerDeps);
        hung.session = accept(hung.peer);
      },
      message: (ws, message, isBinary) => {
        onFrame?.(message.byteLength);
        const { session } = ws.getUserData();
        if (!session || session.isClosed) return;
        try {
          if (isBinary) throw new Hangup(CloseCode.NOT_A_FRAME, 'frames must be text');
          hear(session, Buffer.from(message).toString(), deps);
        } catch (reason) {
          if (!(reason instanceof Hangup)) onBug(reason);
          const hangup =
            reason instanceof Hangup ? reason : new Hangup(CloseCode.NOT_A_FRAME, 'not a valid frame');
          session.hangUp(hangup.closeCode, hangup.message, hangup.retryAfterMs);
        }
      },
      // Control frames are frames, too: any proves life. None is asked for, so each is the client's own doing.
      ping: (ws) => ws.getUserData().session?.heard(),
      pong: (ws) => ws.getUserData().session?.heard(),
      drain: (ws) => ws.getUserData().session?.onDrain(),
      close: (ws, code) => {
        const { leave, peer, session } = ws.getUserData();
        leave();
        peer?.forget();
        session?.closed();
        onClosed?.(code);
      },
    });
    return this;
  }

  #remoteOf(response: UwsResponse, forwardedFor: string | undefined): string {
    return this.#addressOf(Buffer.from(response.getRemoteAddressAsText()).toString(), forwardedFor);
  }

  /**
   * `share`: with other processes of this program. `name`: the variable that says the port.
   * @throws where the address is taken or not ours
   */
  listen(host: string, port: number, { share = false, name = 'PORT' } = {}): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const app = this.#app as TemplatedApp & ExclusiveListen;
      app.listen(host, port, share ? SHARED_PORT : EXCLUSIVE_PORT, (socket) => {
        if (!socket) return reject(new Error(cannotListen(name, host, port)));
        let open = true;
        const stop = (): void => {
          if (open) us_listen_socket_close(socket);
          open = false;
        };
        resolve({ port: us_socket_local_port(socket), stop, close: () => (stop(), this.#app.close()) });
      });
    });
  }
}

/** In the form of a fault of the configuration: the variable, what is wrong, what is allowed. */
export const cannotListen = (name: string, host: string, port: number): string =>
  `${name}: cannot listen on ${host}:${port}; is the port taken? allowed: a free port, on an address of this machine`;

function hear(session: Session, text: string, { limits, dispatcher }: SocketDeps): void {
  session.heard();
  const decoded = decode(text, limits);
  if (decoded.ok) dispatcher.dispatch(session, decoded.request);
  else dispatcher.turnDown(session, decoded.id, decoded.refusal);
}

interface HttpDeps {
  /** Where the request comes from. */
  remote: string;
  routes: Route[];
  onBug: (reason: unknown, route: string) => void;
}

function serveHttp(response: UwsResponse, request: UwsRequest, { routes, remote, onBug }: HttpDeps): void {
  const end = new AbortController();
  response.onAborted(() => end.abort());
  const headers = new Map<string, string>();
  request.forEach((name, value) => headers.set(name, value));
  const head = {
    method: request.getMethod().toUpperCase(),
    path: request.getUrl(),
    query: request.getQuery(),
    header: (name: string) => headers.get(name),
    remote,
  };
  const reply = async (body: Uint8Array | Inflow | null): Promise<void> => {
    const result = await answer(routes, { ...head, body }, onBug);
    if (end.signal.aborted) return;
    if (body instanceof Inflow) body.discard();
    if (head.method === 'HEAD') writeHeadOnly(response, result);
    else await write(response, result, end.signal);
  };
  const onFault = (reason: unknown): void => onBug(reason, `${head.method} ${head.path}`);
  if (!isStreamed(routes, head)) {
    collect(response, (body) => void reply(body).catch(onFault));
    return;
  }
  const inflow = new Inflow(response);
  end.signal.addEventListener('abort', () => inflow.cut());
  response.onData((chunk, isLast) => inflow.push(Buffer.from(chunk.slice(0)), isLast));
  void reply(inflow).catch(onFault);
}

async function write(response: UwsResponse, result: HttpResponse, ended: AbortSignal): Promise<void> {
  const { body } = result;
  if (typeof body === 'string') {
    response.cork(() => (writeHead(response, result), response.end(body)));
    return;
  }
  response.cork(() => writeHead(response, result));
  await pour(response, body, ended);
}

function writeHead(response: UwsResponse, { status, headers }: HttpResponse): void {
  response.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
  for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value);
}

/**
 * A body behind it would be taken for the next answer on the connection (RFC 9110 §9.3.2). The length is written as
 * any header: told of it, the library waits for that many bytes and takes the answer for unfinished.
 */
function writeHeadOnly(response: UwsResponse, result: HttpResponse): void {
  const { body } = result;
  const size = typeof body === 'string' ? Buffer.byteLength(body) : body.size;
  response.cork(() => {
    writeHead(response, result);
    response.writeHeader('Content-Length', String(size)).endWithoutBody();
  });
}

/**
 * Hands what a phone asks of the chat server on to it, HTTP and WebSocket alike, down that phone's line: so page and
 * server have one origin and no browser rule stands between them. Changes nothing but the mark that says which phone.
 */
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PHONE_HEADER } from '../phone/wx/http.ts';
import type { Line } from './line.ts';
import { PHONE_MARK, unmarked } from './paths.ts';

/** Whose request this is; '' for the page's own. */
export function phoneOf(incoming: IncomingMessage): string {
  const header = incoming.headers[PHONE_HEADER];
  if (typeof header === 'string') return decodeURIComponent(header);
  return new URL(incoming.url ?? '/', 'http://x').searchParams.get(PHONE_MARK) ?? '';
}

export function forward(incoming: IncomingMessage, reply: ServerResponse, line: Line): void {
  const road = line.connect();
  // A phone without a line gets no answer, not a polite one.
  if (!road) {
    reply.destroy();
    return;
  }
  const { [PHONE_HEADER]: _, ...headers } = incoming.headers;
  const outgoing = request({
    method: incoming.method,
    path: unmarked(incoming.url ?? '/'),
    headers: { ...headers, connection: 'close' },
    createConnection: () => road,
  });
  outgoing.on('response', (answer) => {
    const { connection: _hop, ...answered } = answer.headers;
    reply.writeHead(answer.statusCode ?? 502, answered);
    answer.pipe(reply);
    answer.on('error', () => reply.destroy());
  });
  outgoing.on('error', () => reply.destroy());
  reply.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/** The upgrade as it came, then bytes both ways until one side ends. */
export function forwardUpgrade(incoming: IncomingMessage, client: Duplex, head: Buffer, line: Line): void {
  const upstream = line.connect();
  if (!upstream) {
    client.destroy();
    return;
  }
  const headers: string[] = [];
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    headers.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
  }
  upstream.write([`GET ${unmarked(incoming.url ?? '/')} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
  if (head.length > 0) upstream.write(head);
  client.pipe(upstream);
  upstream.pipe(client);
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  for (const side of [client, upstream]) {
    side.on('error', end);
    side.on('close', end);
  }
}

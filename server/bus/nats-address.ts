/**
 * How an operator names the NATS servers: `NATS_URL=tls://user:password@one:4222,two:4222`. Pure; no fault quotes what
 * stood before the @.
 */
import { isIP } from 'node:net';

export interface NatsAddress {
  /** `host:port` each; any of them leads to all. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** What stood alone before the @. */
  readonly token?: string;
  /** Path of a credentials file, as `nsc` makes it. */
  readonly creds?: string;
  /** Passwords and messages would cross a network in the clear. */
  readonly isExposed: boolean;
}

const PORT = 4222;
const ALLOWED =
  'allowed: nats://[user:password@]host[:port][,host[:port]…], or tls://… where they are on other machines';

/** A fault is a sentence "what is wrong; what is allowed". */
export function parseNatsUrl(text: string, creds?: string): NatsAddress | { fault: string } {
  const [first = '', ...rest] = text.split(',').map((part) => part.trim());
  const head = parsed(/^[a-z]+:\/\//i.test(first) ? first : `nats://${first}`);
  if (!head) return { fault: `is no address; ${ALLOWED}` };
  const { protocol } = head;
  if (protocol !== 'nats:' && protocol !== 'tls:') {
    return { fault: `has the scheme ${JSON.stringify(protocol)}; ${ALLOWED}` };
  }
  const others = rest.map((part) => parsed(part.includes('://') ? part : `${protocol}//${part}`));
  const urls = [head, ...others];
  if (!urls.every((url) => url !== null && url.hostname !== '' && url.protocol === protocol)) {
    return { fault: `one of the servers after the first is no address of the same scheme; ${ALLOWED}` };
  }
  const servers = urls.map((url) => `${url?.hostname ?? ''}:${url?.port || PORT}`);
  const tls = protocol === 'tls:';
  return {
    servers,
    tls,
    ...credentials(head),
    ...(creds !== undefined && { creds }),
    isExposed: !tls && !urls.every((url) => isLoopback(url?.hostname ?? '')),
  };
}

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

function credentials({ username, password }: URL): Pick<NatsAddress, 'user' | 'password' | 'token'> {
  if (username === '') return {};
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, password: decodeURIComponent(password) };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

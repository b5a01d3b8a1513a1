/** Calls the admin API as the command line does, with a token that the test signs with the server's own key. */
import { keptKeys } from '../../server/keys.ts';
import { systemClock } from '../../server/clock.ts';
import { createTokens, type AdminRole } from '../../server/session/tokens.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown> & { error?: { code: string; message: string } };
}

export interface Admin {
  token: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
}

/** What of a server one has to know: its admin listener, and the folder where its key is. */
export interface Administered {
  readonly adminUrl: string;
  readonly dataDir: string;
}

/** @param actor the id of a user, or `local-…` as on the server's own machine */
export function adminOf(server: Administered, role: AdminRole = 'operator', actor = 'local-test'): Admin {
  const tokens = createTokens({ keys: keptKeys(server.dataDir), clock: systemClock });
  const { token } = tokens.signAdmin({ actor, role }, 600);
  return adminWith(server.adminUrl, token);
}

export function adminWith(base: string, token: string): Admin {
  async function call(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${base}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
  return { token, get: (path) => call('GET', path), post: (path, body = {}) => call('POST', path, body) };
}

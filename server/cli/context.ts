/** What every verb is given: the world, the server, what it needs of this machine, and the options that all share. */
import { Client } from './client.ts';
import { Exit, Failure } from './exit.ts';
import type { Io } from './io.ts';

/** What is done without a server, or on its own machine; the composition root hands it in. */
export interface Local {
  /** Lines of what is wrong with the environment, or none. */
  configFaults(env: Io['env']): readonly string[];
  /** Secrets masked. */
  config(env: Io['env']): Record<string, unknown>;
  /** Of the admin listener that this environment describes. */
  adminUrl(env: Io['env']): string;
  /** A short-lived operator token signed with the key of the environment or of DATA_DIR; null where there is none. */
  operatorToken(env: Io['env']): string | null;
  /** The store of this environment, opened without a server; throws one line where a server holds it. */
  openStore(env: Io['env']): Promise<LocalStore>;
}

export interface LocalStore {
  readonly epoch: string;
  checkRooms(page: { after?: string; limit: number }): Promise<StorePage>;
  /** @returns the new epoch */
  bumpEpoch(): Promise<string>;
  close(): Promise<void>;
}

export interface StorePage {
  faults: string[];
  rooms: number;
  last?: string;
}

export interface Context {
  io: Io;
  local: Local;
}

/** Options of a command that talks to the server. */
export interface ServerOptions {
  server?: string;
  json?: true;
}

export interface ActOptions extends ServerOptions {
  reason?: string;
  dryRun?: true;
  yes?: true;
}

export function clientFor({ io, local }: Context, { server }: ServerOptions): Client {
  const given = server ?? io.env.CHAHUA_SERVER;
  const address = given === undefined || given === '' ? local.adminUrl(io.env) : given;
  if (!/^https?:\/\/[^/?#]+$/.test(address.replace(/\/+$/, ''))) {
    throw new Failure(
      Exit.USAGE,
      `--server: ${JSON.stringify(address)} is no address; allowed: http://HOST:PORT`,
    );
  }
  return new Client({ server: address.replace(/\/+$/, ''), token: tokenFor({ io, local }) }, io);
}

function tokenFor({ io, local }: Context): string {
  const { CHAHUA_TOKEN: given } = io.env;
  if (given !== undefined && given !== '') return given;
  const own = local.operatorToken(io.env);
  if (own !== null) return own;
  throw new Failure(
    Exit.NOT_ALLOWED,
    'there is no token: set CHAHUA_TOKEN, or run this on the server’s own machine, where DATA_DIR has its key',
  );
}

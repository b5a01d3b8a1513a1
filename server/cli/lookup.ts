/** Rooms and people by id, or by a name where it is unique; an ambiguous name lists who is meant by it. */
import { type Client, segment } from './client.ts';
import { Exit, Failure } from './exit.ts';
import { oneLine } from './print.ts';

export interface Named {
  id: string;
  name: string;
}

const MOST_CANDIDATES = 20;

export const findUser = (client: Client, asked: string): Promise<Named> =>
  find(client, asked, { what: 'user', many: 'users' });
export const findRoom = (client: Client, asked: string): Promise<Named> =>
  find(client, asked, { what: 'room', many: 'rooms' });

async function find(
  client: Client,
  asked: string,
  { what, many }: { what: 'user' | 'room'; many: 'users' | 'rooms' },
): Promise<Named> {
  const byId = /^[A-Za-z0-9_-]{1,32}$/.test(asked)
    ? await orNull(client.get<Record<typeof what, Named>>(`/${many}/${segment(asked)}`))
    : null;
  if (byId) return byId[what];
  const list = (query: { name: string } | { part: string }): Promise<Named[]> =>
    client
      .get<Record<typeof many, Named[]>>(`/${many}`, { ...query, limit: MOST_CANDIDATES })
      .then((page) => page[many]);
  const named = await list({ name: asked });
  const [only] = named;
  if (only && named.length === 1) return only;
  if (named.length > 1) {
    throw new Failure(
      Exit.REFUSED,
      `${what}: ${JSON.stringify(asked)} names ${named.length} of them; give the id of one:\n${lines(named)}`,
    );
  }
  const alike = await list({ part: asked });
  const hint = alike.length > 0 ? `; these have it in their names:\n${lines(alike)}` : '';
  throw new Failure(
    Exit.NOT_FOUND,
    `${what}: there is none with the id or name ${JSON.stringify(asked)}${hint}`,
  );
}

const lines = (found: readonly Named[]): string =>
  found.map(({ id, name }) => `  ${id}  ${oneLine(name)}`).join('\n');

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (reason) {
    if (reason instanceof Failure && reason.code === Exit.NOT_FOUND) return null;
    throw reason;
  }
}

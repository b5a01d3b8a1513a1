/** One's own profile over HTTP. A token that has just expired is exchanged and the call made once more. */
import type { FileId, User } from '../protocol/objects';
import { ChatError } from './chat-error';
import type { Http, HttpReply } from './http';
import { expectOk } from './token';
import type { Tokens } from './token';

export interface Account {
  change(fields: { name?: string; avatar?: string }): Promise<User>;
  /** Gives the file's id. Rejects with NO_FILE where there is none at the path. */
  upload(filePath: string, progress?: (percent: number) => void): Promise<FileId>;
  /** Uploads a picture and makes it one's own. */
  changeAvatar(filePath: string): Promise<User>;
  /** These subscribe templates were accepted just now. */
  accepted(templates: string[]): Promise<void>;
}

export function createAccount(http: Http, tokens: Tokens): Account {
  async function signed(call: (token: string) => Promise<HttpReply>): Promise<unknown> {
    const reply = await call(await tokens.access());
    if (reply.status !== 401) return expectOk(reply);
    tokens.reject();
    return expectOk(await call(await tokens.access()));
  }

  async function change(fields: { name?: string; avatar?: string }): Promise<User> {
    const user = userIn(
      await signed((token) => http.send({ method: 'POST', path: '/v1/me', token, body: fields })),
    );
    tokens.rename(user);
    return user;
  }

  async function upload(filePath: string, progress?: (percent: number) => void): Promise<FileId> {
    const asked = { path: '/v1/files', filePath, ...(progress && { progress }) };
    const body = await signed((token) => http.upload({ ...asked, token }));
    const file = (body as { file?: unknown } | null)?.file;
    if (typeof file !== 'string') throw new ChatError('INTERNAL', 'The answer to /v1/files names no file.');
    return file;
  }

  return {
    change,
    upload,
    async accepted(accepted) {
      await signed((token) => http.send({ method: 'POST', path: '/v1/notices', token, body: { accepted } }));
    },
    changeAvatar: async (filePath) => change({ avatar: await upload(filePath) }),
  };
}

/** The server answers with the user, bare or as `user`. */
function userIn(body: unknown): User {
  const user = ((body as { user?: unknown } | null)?.user ?? body) as User | null;
  if (typeof user?.id !== 'string') throw new ChatError('INTERNAL', 'The answer to /v1/me is no user.');
  return user;
}

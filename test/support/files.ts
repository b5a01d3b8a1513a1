/** Files over HTTP as a client sends and reads them. */
import assert from 'node:assert/strict';
import type { FileLink } from '../../miniprogram/protocol/objects.ts';
import type { Login, RawClient } from './raw-client.ts';

export interface Uploaded {
  file: string;
  size: number;
  mime: string;
  w?: number;
  h?: number;
  url: string;
  expiresAt: number;
}

export function postFile(
  base: string,
  { access }: Pick<Login, 'access'>,
  bytes: Uint8Array,
): Promise<Response> {
  const form = new FormData();
  // The type that it claims is not asked.
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'text/html' }), 'x.html');
  return fetch(`${base}/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}` },
    body: form,
  });
}

export async function upload(
  base: string,
  login: Pick<Login, 'access'>,
  bytes: Uint8Array,
): Promise<Uploaded> {
  const response = await postFile(base, login, bytes);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Uploaded;
}

export async function linkOf(client: RawClient, file: string): Promise<FileLink | undefined> {
  const { files } = await client.ask('file.get', { files: [file] });
  return files[0];
}

export async function errorOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

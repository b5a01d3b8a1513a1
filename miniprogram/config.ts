/**
 * Where the server is. The address below is for development; a release says its own here, or in ext.json as
 * `{"ext": {"server": "https://…"}}`, which also serves a preview whose server has another port.
 */

export interface Config {
  /** Without a slash at the end. */
  serverUrl: string;
  socketUrl: string;
}

const SERVER = 'http://127.0.0.1:8080';
export const APP_VERSION = '0.1.0';

/** @param ext what wx.getExtConfigSync gives, if anything */
export function readConfig(ext: unknown): Config {
  const server = (ext as { server?: unknown } | null | undefined)?.server;
  const serverUrl = (typeof server === 'string' ? server : SERVER).replace(/\/+$/, '');
  return { serverUrl, socketUrl: `${serverUrl.replace(/^http/, 'ws')}/ws` };
}

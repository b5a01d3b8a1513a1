/**
 * The only caller of wx.request and wx.uploadFile. Both may never answer where the app was frozen meanwhile; whoever
 * called waits no longer than the platform's own timeout and a little, and is told that no answer came.
 */
import { ChatError } from './chat-error';
import type { Clock } from './clock';
import type { Http, HttpReply } from './http';

const REQUEST_TIMEOUT_MS = 8_000;
const UPLOAD_TIMEOUT_MS = 60_000;
const SPARE_MS = 2_000;
/** As phones and DevTools put it; there is no code for it. */
const NO_SUCH_FILE = /not found|no such file|not exist|ENOENT/i;

/** Of the global `wx`: what is used. */
export type WxHttp = Pick<WechatMiniprogram.Wx, 'request' | 'uploadFile'>;

/** @param serverUrl without a slash at the end */
export function createWxHttp(wx: WxHttp, serverUrl: string, clock: Clock): Http {
  return {
    send: ({ method, path, token, body }) =>
      inTime(clock, REQUEST_TIMEOUT_MS, path, (resolve, reject) => {
        wx.request({
          url: serverUrl + path,
          method,
          header: { 'content-type': 'application/json', ...authorization(token) },
          timeout: REQUEST_TIMEOUT_MS,
          ...(body ? { data: body } : {}),
          success: ({ statusCode, data }) => resolve({ status: statusCode, body: asBody(data) }),
          fail: () => reject(noAnswer(path)),
        });
      }),

    upload: ({ path, token, filePath, progress }) =>
      inTime(clock, UPLOAD_TIMEOUT_MS, path, (resolve, reject) => {
        const task = wx.uploadFile({
          url: serverUrl + path,
          name: 'file',
          filePath,
          header: authorization(token),
          timeout: UPLOAD_TIMEOUT_MS,
          success: ({ statusCode, data }) => resolve({ status: statusCode, body: asBody(data) }),
          fail: ({ errMsg }) => reject(NO_SUCH_FILE.test(errMsg) ? noFile(filePath) : noAnswer(path)),
        });
        if (progress) task.onProgressUpdate((told) => progress(told.progress));
      }),
  };
}

/** Of a timer that rings much too late, the app was frozen: the answer may lie right behind it. */
function inTime(
  clock: Clock,
  timeoutMs: number,
  path: string,
  call: (resolve: (reply: HttpReply) => void, reject: (error: ChatError) => void) => void,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const due = clock.monotonic() + timeoutMs + SPARE_MS;
    const giveUp = (): void => reject(noAnswer(path));
    let undo = clock.after(timeoutMs + SPARE_MS, () => {
      if (clock.monotonic() - due < SPARE_MS) giveUp();
      else undo = clock.after(SPARE_MS, giveUp);
    });
    call(
      (reply) => (undo(), resolve(reply)),
      (error) => (undo(), reject(error)),
    );
  });
}

function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** wx.request parses JSON by itself, wx.uploadFile does not. */
function asBody(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return null;
  }
}

function noAnswer(path: string): ChatError {
  return new ChatError('OFFLINE', `No answer to ${path}.`);
}

function noFile(path: string): ChatError {
  return new ChatError('NO_FILE', `There is no file ${path}.`);
}

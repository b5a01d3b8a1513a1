/**
 * `wx.request`, `wx.uploadFile` and `wx.downloadFile` over the browser, with WeChat's habits: JSON is parsed, any
 * status is a success, 60 s at most. Requests to the page's own host name the phone, so that the preview's server
 * sends them down that phone's line. Answers come on the app's thread.
 */
import type { TempFiles } from '../temp-files.ts';
import { number, text, type Asked, type Run, type WxPart } from './call.ts';

export interface HttpDeps {
  run: Run;
  files: TempFiles;
  phone: string;
}

/** Says whose request it is, encoded as in a URL; serve/proxy.ts takes it off. */
export const PHONE_HEADER = 'x-preview-phone';
const LONGEST_MS = 60_000;

interface Exchange {
  name: string;
  method: string;
  header: Record<string, string>;
  body: Document | XMLHttpRequestBodyInit | null;
  responseType: XMLHttpRequestResponseType;
  succeed(request: XMLHttpRequest): object;
}

export function createHttpApi({ run, files, phone }: HttpDeps): WxPart {
  function exchange(asked: Asked, how: Exchange): object {
    const request = new XMLHttpRequest();
    const listeners = { progress: new Set<(event: object) => void>() };
    const end = (way: 'success' | 'fail', result: object): void => {
      run(() => asked[way]?.(result));
      run(() => asked.complete?.(result));
    };
    const fail = (why: string): void => end('fail', { errMsg: `${how.name}:fail ${why}`, errno: 600000 });
    request.open(how.method, text(asked, 'url'));
    request.timeout = Math.min(number(asked, 'timeout', LONGEST_MS), LONGEST_MS);
    request.responseType = how.responseType;
    for (const [name, value] of Object.entries(how.header)) request.setRequestHeader(name, value);
    if (new URL(text(asked, 'url')).host === location.host)
      request.setRequestHeader(PHONE_HEADER, encodeURIComponent(phone));
    request.onload = () => end('success', { errMsg: `${how.name}:ok`, ...how.succeed(request) });
    request.onerror = () => fail('network error');
    request.ontimeout = () => fail('timeout');
    request.onabort = () => fail('abort');
    request.upload.onprogress = ({ loaded, total }) =>
      run(() => {
        const progress = Math.round((loaded / total) * 100);
        const event = { progress, totalBytesSent: loaded, totalBytesExpectedToSend: total };
        for (const listener of listeners.progress) listener(event);
      });
    request.send(how.body);
    return {
      abort: () => request.abort(),
      onProgressUpdate: (listener: (event: object) => void) => listeners.progress.add(listener),
      offProgressUpdate: (listener: (event: object) => void) => listeners.progress.delete(listener),
    };
  }

  return {
    request(asked: Asked) {
      const method = text(asked, 'method', 'GET').toUpperCase();
      const isJson = asked['dataType'] === undefined || asked['dataType'] === 'json';
      const url = new URL(text(asked, 'url'));
      if (method === 'GET' && isRecord(asked['data'])) {
        for (const [name, value] of Object.entries(asked['data'])) url.searchParams.set(name, String(value));
      }
      return exchange(
        { ...asked, url: url.href },
        {
          name: 'request',
          method,
          header: { 'content-type': 'application/json', ...headerOf(asked) },
          body: method === 'GET' ? null : bodyOf(asked['data']),
          responseType: asked['responseType'] === 'arraybuffer' ? 'arraybuffer' : '',
          succeed: (request) => ({
            statusCode: request.status,
            header: responseHeader(request),
            cookies: [],
            data:
              isJson && request.responseType === ''
                ? asJson(request.responseText)
                : (request.response as unknown),
          }),
        },
      );
    },

    uploadFile(asked: Asked) {
      const form = new FormData();
      for (const [name, value] of Object.entries(isRecord(asked['formData']) ? asked['formData'] : {})) {
        form.set(name, String(value));
      }
      const path = text(asked, 'filePath');
      const file = files.read(path);
      if (!file) {
        const result = { errMsg: `uploadFile:fail file not found: ${path}` };
        queueMicrotask(() => run(() => asked.fail?.(result)));
        return { abort: () => undefined };
      }
      form.set(text(asked, 'name', 'file'), file, path.split('/').at(-1));
      return exchange(asked, {
        name: 'uploadFile',
        method: 'POST',
        header: headerOf(asked),
        body: form,
        responseType: '',
        // Unlike request it gives the text as it came.
        succeed: (request) => ({ statusCode: request.status, data: request.responseText }),
      });
    },

    downloadFile(asked: Asked) {
      return exchange(asked, {
        name: 'downloadFile',
        method: 'GET',
        header: headerOf(asked),
        body: null,
        responseType: 'blob',
        succeed: (request) => ({
          statusCode: request.status,
          tempFilePath: files.put(request.response as Blob),
        }),
      });
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function headerOf(asked: Asked): Record<string, string> {
  const header = isRecord(asked['header']) ? asked['header'] : {};
  return Object.fromEntries(Object.entries(header).map(([name, value]) => [name, String(value)]));
}

function bodyOf(data: unknown): XMLHttpRequestBodyInit | null {
  if (data === undefined) return null;
  return typeof data === 'string' || data instanceof ArrayBuffer ? data : JSON.stringify(data);
}

function responseHeader(request: XMLHttpRequest): Record<string, string> {
  const lines = request
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/);
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
}

function asJson(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}

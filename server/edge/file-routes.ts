/**
 * Files over HTTP (docs/protocol.md §5): uploading one, and reading one by a signed link. What comes is streamed
 * through, what goes out is said to be what it is and nothing else, and is run by no browser.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Files } from '../domain/files.ts';
import type { Clock, FileRecord } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import type { FileLinks } from '../session/file-links.ts';
import type { HttpRequest, HttpResponse, Route } from './http.ts';
import { ok } from './http.ts';
import { takeFile } from './multipart.ts';

export interface FileRouteDeps {
  files: Pick<Files, 'upload' | 'record' | 'read'>;
  links: Pick<FileLinks, 'sign' | 'verify'>;
  authenticate: (request: HttpRequest) => Promise<{ user: { id: UserId } }>;
  /** @throws Refusal RATE_LIMITED */
  charge: (user: UserId) => void;
  limits: Pick<Limits, 'file'>;
  clock: Pick<Clock, 'now'>;
}

/** What stands around the file in a multipart body. */
const AROUND = 16_384;
/** Shown in place; everything else is to be saved. */
const SHOWN = /^(image|audio|video)\//;

export function createFileRoutes({
  files,
  links,
  authenticate,
  charge,
  limits,
  clock,
}: FileRouteDeps): Route[] {
  const most = limits.file + AROUND;

  async function upload(request: HttpRequest): Promise<HttpResponse> {
    const { user } = await authenticate(request);
    charge(user.id);
    if (Number(request.header('content-length') ?? 0) > most) {
      throw new Refusal(ErrorCode.TOO_LARGE, `file: must have at most ${limits.file} bytes`);
    }
    const contentType = request.header('content-type') ?? '';
    const multipart = { contentType, body: request.bytes(), most, field: 'file' };
    const { id, size, mime, w, h } = await takeFile(multipart, (bytes) => files.upload(user.id, bytes));
    const pixels = { ...(w !== undefined && { w }), ...(h !== undefined && { h }) };
    return ok({ file: id, size, mime, ...pixels, ...links.sign(id) });
  }

  async function download(request: HttpRequest): Promise<HttpResponse> {
    const id = request.params.id ?? '';
    const expiresAt = links.verify(id, request.query);
    const file = await files.record(id);
    const range = rangeOf(request.header('range'), file.size);
    const headers = headersOf(file, Math.floor((expiresAt - clock.now()) / 1_000));
    if (range === null) {
      return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${file.size}` }, body: '' };
    }
    const { start, end, isPart } = range;
    const body = { size: end - start + 1, bytes: await files.read(id, { start, end }) };
    if (!isPart) return { status: 200, headers, body };
    return {
      status: 206,
      headers: { ...headers, 'Content-Range': `bytes ${start}-${end}/${file.size}` },
      body,
    };
  }

  return [
    { method: 'POST', path: '/v1/files', streams: true, run: upload },
    { method: 'GET', path: '/v1/files/:id', run: download },
  ];
}

function headersOf({ mime }: FileRecord, seconds: number): Record<string, string> {
  return {
    'Content-Type': mime,
    'Content-Disposition': SHOWN.test(mime) ? 'inline' : 'attachment',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    // Bytes never change under an id; who holds the link may keep them as long as it is good.
    'Cache-Control': `private, max-age=${seconds}, immutable`,
    'Accept-Ranges': 'bytes',
  };
}

/**
 * One range, as players ask for it (RFC 9110 §14); what is no such range is as if it were not there. Null where it lies
 * beyond the end.
 */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number; isPart: boolean } | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return { start: 0, end: size - 1, isPart: false };
  if (from === '')
    return to === '0' ? null : { start: Math.max(size - Number(to), 0), end: size - 1, isPart: true };
  const start = Number(from);
  const end = Math.min(to === '' ? size - 1 : Number(to), size - 1);
  if (to !== '' && Number(to) < start) return { start: 0, end: size - 1, isPart: false };
  return start >= size ? null : { start, end, isPart: true };
}

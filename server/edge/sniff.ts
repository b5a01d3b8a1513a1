/**
 * What a file is, by its first bytes: one of the few forms that phones make and browsers may be told of, or plain
 * bytes to be saved. HTML, SVG and whatever else a browser might run are plain bytes.
 */
import { fileTypeFromBuffer } from 'file-type';
import { imageSize } from 'image-size';

export interface Sniffed {
  mime: string;
  w?: number;
  h?: number;
}

export const PLAIN = 'application/octet-stream';
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** By the names of the library: ours. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['audio/mpeg', 'audio/mpeg'],
  ['audio/aac', 'audio/aac'],
  ['audio/mp4', 'audio/mp4'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/wav', 'audio/wav'],
  ['video/mp4', 'video/mp4'],
  ['application/pdf', 'application/pdf'],
]);
/** EXIF orientations from here on lie on their side. */
const TURNED = 5;

/** Never throws: what cannot be understood is plain. */
export async function sniff(head: Uint8Array): Promise<Sniffed> {
  const mime = await mimeOf(head);
  if (IMAGES.has(mime)) return { mime: PLAIN, ...imageOf(head, mime) };
  return { mime: OTHERS.get(mime) ?? PLAIN };
}

async function mimeOf(head: Uint8Array): Promise<string> {
  try {
    return (await fileTypeFromBuffer(head))?.mime ?? PLAIN;
  } catch {
    return PLAIN;
  }
}

/** An image whose size cannot be read is none that could be shown. */
function imageOf(head: Uint8Array, mime: string): Sniffed | null {
  try {
    const { width, height, orientation = 1 } = imageSize(head);
    if (!(width > 0 && height > 0)) return null;
    return orientation >= TURNED ? { mime, w: height, h: width } : { mime, w: width, h: height };
  } catch {
    return null;
  }
}

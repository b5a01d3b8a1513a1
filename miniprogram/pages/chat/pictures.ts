/**
 * Pictures from the album or the camera, made ready to be sent: as small as WeChat makes them, their size known.
 * What is too large even so is told apart, not sent in vain.
 */
import type { ChahuaApp, Picture, Row } from '../../../typings/app';

export interface Chosen {
  pictures: Picture[];
  /** How many are larger than the server takes. */
  tooLarge: number;
}

const MOST = 9;
/** What is larger than this is pressed again, harder. */
const COMFORTABLE = 1_048_576;
const QUALITY = 70;
const LONGEST_EDGE = 2_048;

/** Asks the person; nothing where they think better of it. Rejects where the album or the camera is not allowed. */
export async function choosePictures(source: 'album' | 'camera', mostBytes: number): Promise<Chosen> {
  const { tempFiles } = await wx.chooseMedia({
    count: MOST,
    mediaType: ['image'],
    sizeType: ['compressed'],
    sourceType: [source],
  });
  const pictures = await Promise.all(tempFiles.map(({ tempFilePath, size }) => ready(tempFilePath, size)));
  const fitting = pictures.filter(({ size }) => size <= mostBytes);
  return { pictures: fitting, tooLarge: pictures.length - fitting.length };
}

async function ready(path: string, size: number): Promise<Picture> {
  const { width: w, height: h } = await wx.getImageInfo({ src: path });
  const known = { path, size, w, h };
  if (size <= COMFORTABLE) return known;
  try {
    const scale = Math.min(1, LONGEST_EDGE / Math.max(w, h));
    const pressed = await wx.compressImage({
      src: path,
      quality: QUALITY,
      compressedWidth: Math.round(w * scale),
      compressedHeight: Math.round(h * scale),
    });
    const [smaller, info] = await Promise.all([
      bytesOf(pressed.tempFilePath),
      wx.getImageInfo({ src: pressed.tempFilePath }),
    ]);
    return smaller < size
      ? { path: pressed.tempFilePath, size: smaller, w: info.width, h: info.height }
      : known;
  } catch {
    // A kind that this phone cannot press, such as a moving picture: it goes as it is.
    return known;
  }
}

function bytesOf(filePath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    wx.getFileSystemManager().getFileInfo({
      filePath,
      success: ({ size }) => resolve(size),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    });
  });
}

/** Whether what `choosePictures` rejected with is only that the person put the album away. */
export function isCancel(failure: unknown): boolean {
  return /cancel/.test((failure as { errMsg?: string } | null)?.errMsg ?? '');
}

/** Pictures of a room, and faces: where they can be read will be in the tree. */
export function lookFor({ files, faces }: { files: string[]; faces: string[] }, room: string): void {
  const { engine } = getApp<ChahuaApp>();
  if (files.length > 0) engine.look(files, room);
  if (faces.length > 0) engine.look(faces);
}

/** Shows it on the whole screen, the chat's other pictures beside it. */
export function preview(row: Row, rows: readonly Row[]): void {
  const current = sourceOf(row);
  const urls = rows.filter(({ kind, recalled }) => kind === 'image' && !recalled).map(sourceOf);
  if (current !== '') void wx.previewImage({ current, urls: urls.filter((url) => url !== '') });
}

function sourceOf({ local, body }: Row): string {
  const { files } = getApp<ChahuaApp>().store.state;
  return local ?? (typeof body['file'] === 'string' ? files[body['file']]?.url : undefined) ?? '';
}

/**
 * Pictures, as `wx` has them: chosen, measured, made smaller, looked at, kept. The person's album is whatever the
 * browser's file picker shows; to keep a picture is to download it.
 */
import type { Dialogs } from '../dialogs.ts';
import type { TempFiles } from '../temp-files.ts';
import { number, text, WxFailure, type Asked, type Work, type WxFunction, type WxPart } from './call.ts';
import type { Privacy } from './privacy.ts';

export interface PicturesDeps {
  dialogs: Dialogs;
  files: TempFiles;
  privacy: Privacy;
}

export function createPicturesApi(
  deps: PicturesDeps,
  call: (name: string, work: Work) => WxFunction,
): WxPart {
  const { dialogs, files, privacy } = deps;

  async function chooseMedia(asked: Asked): Promise<object> {
    if (!(await privacy.allows('chooseMedia'))) throw new WxFailure('privacy permission is not authorized');
    const types = Array.isArray(asked['mediaType']) ? asked['mediaType'].map(String) : ['image', 'video'];
    const sources = Array.isArray(asked['sourceType']) ? asked['sourceType'].map(String) : ['album'];
    const isPicture = (type: string): boolean => type === 'image' || type === 'mix';
    const accept = types.map((type) => (isPicture(type) ? 'image/*' : 'video/*')).join(',');
    const capture = sources.length === 1 && sources[0] === 'camera';
    const paths = await files.choose({ accept, most: number(asked, 'count', 9), capture });
    if (paths.length === 0) throw new WxFailure('cancel');
    const tempFiles = await Promise.all(
      paths.map(async (tempFilePath) => ({
        tempFilePath,
        size: files.read(tempFilePath)?.size ?? 0,
        fileType: files.read(tempFilePath)?.type.startsWith('video/') ? 'video' : 'image',
        ...(await sizeOf(files.urlOf(tempFilePath))),
      })),
    );
    return { type: tempFiles[0]?.fileType ?? 'image', tempFiles };
  }

  async function compressImage(asked: Asked): Promise<object> {
    const source = await load(files.urlOf(text(asked, 'src')));
    const width = number(asked, 'compressedWidth', source.naturalWidth);
    const height = number(asked, 'compressedHeight', (width / source.naturalWidth) * source.naturalHeight);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [Math.round(width), Math.round(height)];
    canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
    const quality = number(asked, 'quality', 80) / 100;
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
    if (!blob) throw new WxFailure('image cannot be compressed');
    return { tempFilePath: files.put(blob) };
  }

  const works: Record<string, Work> = {
    chooseMedia,
    compressImage,
    getImageInfo: async (asked) => {
      const source = await load(files.urlOf(text(asked, 'src')));
      const type = files.read(text(asked, 'src'))?.type.split('/')[1] ?? 'unknown';
      return {
        path: text(asked, 'src'),
        width: source.naturalWidth,
        height: source.naturalHeight,
        orientation: 'up',
        type,
      };
    },
    previewImage: (asked) => {
      const urls = Array.isArray(asked['urls']) ? asked['urls'].map(String) : [];
      if (urls.length === 0) throw new WxFailure('parameter error: urls should have at least 1 item');
      const current = urls.indexOf(text(asked, 'current', urls[0]));
      dialogs.pictures(
        urls.map((url) => files.urlOf(url)),
        Math.max(0, current),
      );
    },
    saveImageToPhotosAlbum: async (asked) => {
      if (!(await privacy.allows('saveImageToPhotosAlbum')))
        throw new WxFailure('privacy permission is not authorized');
      const path = text(asked, 'filePath');
      if (!files.read(path)) throw new WxFailure(`file not found: ${path}`);
      const link = document.createElement('a');
      link.href = files.urlOf(path);
      link.download = path.split('/').at(-1) ?? '';
      link.click();
    },
  };
  return Object.fromEntries(Object.entries(works).map(([name, work]) => [name, call(name, work)]));
}

async function load(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode().catch(() => {
    throw new WxFailure(`image not found: ${url}`);
  });
  return image;
}

/** 0 × 0 for what is no picture. */
function sizeOf(url: string): Promise<{ width: number; height: number }> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => resolve({ width: 0, height: 0 });
    image.src = url;
  });
}

/** `wx.getFileSystemManager`: as much of it as handles files that a person chose or the app saved; no folders. */
import type { SavedFiles } from '../saved-files.ts';
import type { TempFiles } from '../temp-files.ts';
import { text, WxFailure, type Asked, type Work, type WxFunction, type WxPart } from './call.ts';

export interface FileSystemDeps {
  files: TempFiles;
  saved: SavedFiles;
  now(): number;
  miss(what: string): void;
}

export function createFileSystemApi(
  { files, saved, now, miss }: FileSystemDeps,
  call: (name: string, work: Work) => WxFunction,
): WxPart {
  const find = (path: string): Blob => {
    const file = files.read(path);
    if (!file) throw new WxFailure(`no such file or directory "${path}"`);
    return file;
  };
  const works: Record<string, Work> = {
    saveFile: async (asked) => ({ savedFilePath: await saved.save(text(asked, 'tempFilePath'), now()) }),
    getSavedFileList: () => ({
      fileList: saved.list().map(({ path, blob, savedAt }) => ({
        filePath: path,
        size: blob.size,
        createTime: savedAt,
      })),
    }),
    removeSavedFile: (asked) => saved.remove(text(asked, 'filePath')),
    getFileInfo: (asked) => ({ size: find(text(asked, 'filePath')).size }),
    access: (asked) => void find(text(asked, 'path')),
    readFile: async (asked) => ({ data: await contentOf(find(text(asked, 'filePath')), asked) }),
  };
  const known = Object.fromEntries(Object.entries(works).map(([name, work]) => [name, call(name, work)]));
  const manager = new Proxy(known, {
    get(target, name) {
      if (typeof name !== 'symbol' && !(name in target)) miss(`FileSystemManager.${name}`);
      return target[name as string];
    },
  });
  return { getFileSystemManager: () => manager };
}

async function contentOf(file: Blob, asked: Asked): Promise<string | ArrayBuffer> {
  const encoding = text(asked, 'encoding');
  if (encoding === '') return file.arrayBuffer();
  if (/^utf-?8$/.test(encoding)) return file.text();
  if (encoding !== 'base64') throw new WxFailure(`invalid encoding "${encoding}"`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * Files that an app saved, which outlive it: in the browser's own database, apart for each phone, 200 MB in all as in
 * WeChat. All are read once before the app starts, so that a picture has an address at once. A file that is saved is moved:
 * its temporary path is gone.
 */
import type { TempFiles } from './temp-files.ts';
import { WxFailure } from './wx/call.ts';

export interface SavedFile {
  path: string;
  blob: Blob;
  /** Seconds since the Unix epoch. */
  savedAt: number;
}

export const MOST_SAVED_BYTES = 200 * 1024 * 1024;
const DATABASE = 'chahua-preview-files';
const SHELF = 'files';

export class SavedFiles {
  readonly #database: IDBDatabase;
  readonly #owner: string;
  readonly #temporary: TempFiles;
  readonly #files = new Map<string, SavedFile>();

  private constructor(database: IDBDatabase, owner: string, temporary: TempFiles) {
    this.#database = database;
    this.#owner = owner;
    this.#temporary = temporary;
  }

  /** @param owner whose phone it is: no phone reads another's */
  static async open(owner: string, temporary: TempFiles): Promise<SavedFiles> {
    const opening = indexedDB.open(DATABASE);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(SHELF));
    const saved = new SavedFiles(await done(opening), owner, temporary);
    const kept = (await done(saved.#shelf('readonly').getAll(saved.#range()))) as SavedFile[];
    for (const file of kept) saved.#remember(file);
    return saved;
  }

  list(): SavedFile[] {
    return [...this.#files.values()];
  }

  async save(temporaryPath: string, nowMs: number): Promise<string> {
    const blob = this.#temporary.read(temporaryPath);
    if (!blob) throw new WxFailure(`tempFilePath file not exist: ${temporaryPath}`);
    const size = this.list().reduce((sum, file) => sum + file.blob.size, blob.size);
    if (size > MOST_SAVED_BYTES)
      throw new WxFailure('the maximum size of the file storage limit is exceeded');
    const name = temporaryPath.split('/').at(-1)?.replace('tmp_', '') ?? '';
    const path = `wxfile://store_${nowMs}_${name}`;
    const file = { path, blob, savedAt: Math.floor(nowMs / 1000) };
    await done(this.#shelf('readwrite').put(file, [this.#owner, path]));
    this.#temporary.forget(temporaryPath);
    this.#remember(file);
    return path;
  }

  async remove(path: string): Promise<void> {
    if (!this.#files.delete(path)) throw new WxFailure(`no such file or directory "${path}"`);
    this.#temporary.forget(path);
    await done(this.#shelf('readwrite').delete([this.#owner, path]));
  }

  /** As when the person deletes the mini-program. */
  async clear(): Promise<void> {
    await done(this.#shelf('readwrite').delete(this.#range()));
  }

  #remember(file: SavedFile): void {
    this.#files.set(file.path, file);
    this.#temporary.keep(file.path, file.blob);
  }

  #shelf(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(SHELF, mode).objectStore(SHELF);
  }

  #range(): IDBKeyRange {
    return IDBKeyRange.bound([this.#owner], [this.#owner, []]);
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the database refused')));
  });
}

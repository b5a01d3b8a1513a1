/**
 * Files that a person chose, under the temporary paths that WeChat gives them, and where a browser finds a picture
 * that an app names. They live as long as the page does, the oldest go first. Owns the browser's file picker as well:
 * it is how one gets in.
 */
import { PACKAGE_PATH } from '../serve/paths.ts';

export const MOST_FILES = 50;
const TEMPORARY = 'wxfile://tmp_';

export interface Choice {
  accept: string;
  most: number;
  /** Opens the camera on a phone; a computer shows its files. */
  capture?: boolean;
}

export class TempFiles {
  readonly #files = new Map<string, { blob: Blob; url: string }>();
  readonly #onOwnLine: (url: string) => string;
  #last = 0;

  /** @param onOwnLine marks an address of the chat server, so that this phone's line carries it */
  constructor(onOwnLine: (url: string) => string) {
    this.#onOwnLine = onOwnLine;
  }

  put(blob: Blob): string {
    const extension = /^\w+\/(\w+)/.exec(blob.type)?.[1] ?? 'bin';
    const path = `${TEMPORARY}${(this.#last += 1)}.${extension}`;
    this.keep(path, blob);
    const temporary = [...this.#files.keys()].filter((known) => known.startsWith(TEMPORARY));
    if (temporary.length > MOST_FILES) this.forget(temporary[0] ?? '');
    return path;
  }

  /** Under a path of its own, and for as long as nobody forgets it. */
  keep(path: string, blob: Blob): void {
    this.#files.set(path, { blob, url: URL.createObjectURL(blob) });
  }

  forget(path: string): void {
    const file = this.#files.get(path);
    if (file) URL.revokeObjectURL(file.url);
    this.#files.delete(path);
  }

  read(path: string): Blob | undefined {
    return this.#files.get(path)?.blob;
  }

  /** What a browser can load: a chosen file, an address, and what has no scheme is a path of the package. */
  urlOf(source: string): string {
    const file = this.#files.get(source);
    if (file) return file.url;
    if (/^https?:/.test(source)) return this.#onOwnLine(source);
    return /^[a-z]+:/.test(source) ? source : `${PACKAGE_PATH}/${source.replace(/^\//, '')}`;
  }

  /** None where the person put the picker away. */
  choose({ accept, most, capture }: Choice): Promise<string[]> {
    return new Promise((resolve) => {
      const picker = document.createElement('input');
      picker.type = 'file';
      picker.accept = accept;
      picker.multiple = most > 1;
      if (capture) picker.setAttribute('capture', 'environment');
      picker.addEventListener('change', () =>
        resolve([...(picker.files ?? [])].slice(0, most).map((file) => this.put(file))),
      );
      picker.addEventListener('cancel', () => resolve([]));
      picker.click();
    });
  }
}

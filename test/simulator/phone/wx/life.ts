/** `wx`'s part in the life of the app: how it was opened, when it is shown and hidden, the next tick. */
import { Listeners, type Run, type WxPart } from './call.ts';

export interface Launch {
  path: string;
  query: Record<string, string>;
  scene: number;
  referrerInfo: object;
}

export class Life {
  readonly launch: Launch;
  readonly #shown = new Listeners<Launch>();
  readonly #hidden = new Listeners<object>();
  readonly #run: Run;

  /** @param path of the page that it opens with */
  constructor(path: string, run: Run) {
    this.launch = { path, query: {}, scene: 1001, referrerInfo: {} };
    this.#run = run;
  }

  shown(): void {
    this.#shown.emit(this.launch);
  }

  hidden(): void {
    this.#hidden.emit({});
  }

  createApi(): WxPart {
    return {
      nextTick: (task: () => void) => queueMicrotask(() => this.#run(task)),
      onAppShow: this.#shown.on,
      offAppShow: this.#shown.off,
      onAppHide: this.#hidden.on,
      offAppHide: this.#hidden.off,
      getLaunchOptionsSync: () => this.launch,
      getEnterOptionsSync: () => this.launch,
    };
  }
}

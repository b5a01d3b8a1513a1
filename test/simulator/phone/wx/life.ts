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

  /** @param url of the page that it opens with: `pages/chat/chat?room=r` */
  constructor(url: string, run: Run) {
    const [path = '', query = ''] = url.split('?');
    const pairs = query.split('&').filter(Boolean);
    this.launch = {
      path,
      query: Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string])),
      scene: 1001,
      referrerInfo: {},
    };
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

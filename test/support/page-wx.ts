/**
 * The `wx` that pages and components call, for tests: writes down every call, answers what the person would
 * choose, keeps storage in a map, and lets a test say what came into sight. No sockets: those are fake-wx's.
 */

type Call = readonly [name: string, argument: unknown];
type Sight = (result: { intersectionRatio: number }) => void;

export class PageWx {
  readonly calls: Call[] = [];
  readonly stored = new Map<string, unknown>();
  /** The action sheets shown, as lists of words. */
  readonly sheets: string[][] = [];
  /** What is tapped on the next sheet; none: it is put away. */
  tap: string | undefined;
  confirms = true;
  /** What is chosen from the album; none: it is put away. */
  chosen: { tempFilePath: string; size: number }[] = [];
  envVersion = 'develop';
  theme = 'light';
  /** Of its storage. */
  kilobytes = 12;
  readonly #sights = new Map<string, Sight>();

  /** Takes the place of the global `wx` that miniprogram-simulate has put there. */
  install(): void {
    const known = (globalThis as { wx?: object }).wx;
    Object.assign(globalThis, { wx: { ...known, ...this.#api() } });
  }

  /** Of calls that take one object with these names, what they were given. */
  asked(name: string): unknown[] {
    return this.calls.filter(([called]) => called === name).map(([, argument]) => argument);
  }

  /** `#tail` of a message list came into sight or left it. */
  see(mark: string, seen: boolean): void {
    const report = this.#sights.get(mark);
    if (!report) throw new Error(`nobody watches ${mark}`);
    report({ intersectionRatio: seen ? 1 : 0 });
  }

  get watched(): string[] {
    return [...this.#sights.keys()];
  }

  #api() {
    const note = (name: string) => (argument: unknown) => {
      this.calls.push([name, argument]);
      return Promise.resolve();
    };
    const noted = [
      'navigateTo',
      'redirectTo',
      'reLaunch',
      'switchTab',
      'showToast',
      'setClipboardData',
    ].concat([
      'setNavigationBarTitle',
      'setTabBarBadge',
      'removeTabBarBadge',
      'setTabBarItem',
      'hideKeyboard',
      'previewImage',
      'navigateBack',
      'stopPullDownRefresh',
      'openPrivacyContract',
    ]);
    return {
      ...Object.fromEntries(noted.map((name) => [name, note(name)])),
      nextTick: queueMicrotask,
      getStorageSync: (key: string) => this.stored.get(key) ?? '',
      setStorageSync: (key: string, value: unknown) => void this.stored.set(key, structuredClone(value)),
      removeStorageSync: (key: string) => void this.stored.delete(key),
      getAccountInfoSync: () => ({ miniProgram: { envVersion: this.envVersion } }),
      showActionSheet: ({ itemList }: { itemList: string[] }) => {
        this.sheets.push(itemList);
        const tapIndex = this.tap === undefined ? -1 : itemList.indexOf(this.tap);
        return tapIndex < 0 ? Promise.reject(new Error('cancel')) : Promise.resolve({ tapIndex });
      },
      showModal: (asked: unknown) => {
        this.calls.push(['showModal', asked]);
        return Promise.resolve({ confirm: this.confirms });
      },
      getAppBaseInfo: () => ({ language: 'zh_CN', theme: this.theme }),
      getStorageInfo: ({ success }: { success: (info: { currentSize: number }) => void }) =>
        success({ currentSize: this.kilobytes }),
      chooseMedia: () =>
        this.chosen.length > 0
          ? Promise.resolve({ tempFiles: this.chosen })
          : Promise.reject(Object.assign(new Error('cancel'), { errMsg: 'chooseMedia:fail cancel' })),
      getImageInfo: () => Promise.resolve({ width: 400, height: 300 }),
      compressImage: () => Promise.reject(new Error('this phone cannot')),
      createIntersectionObserver: () => this.#observer(),
    };
  }

  #observer() {
    const marks: string[] = [];
    const observer = {
      relativeTo: () => observer,
      observe: (mark: string, sight: Sight) => {
        marks.push(mark);
        this.#sights.set(mark, sight);
      },
      disconnect: () => {
        for (const mark of marks) this.#sights.delete(mark);
      },
    };
    return observer;
  }
}

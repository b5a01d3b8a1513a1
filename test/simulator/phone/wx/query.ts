/** `wx.createSelectorQuery` and `wx.createIntersectionObserver`: the framework's own, of the page on top or a component. */
import type { WxPart } from './call.ts';

interface Query {
  select(selector: string): unknown;
  selectAll(selector: string): unknown;
  selectViewport(): unknown;
  exec(done?: (results: unknown[]) => void): unknown;
}

interface Owner {
  createSelectorQuery(): Query;
  createIntersectionObserver(options: object): object;
}

/** @param top the page on top */
export function createQueryApi(top: () => unknown): WxPart {
  return {
    createSelectorQuery() {
      let chosen: Query | undefined;
      const query = (): Query => (chosen ??= (top() as Owner).createSelectorQuery());
      return {
        in: (owner: Owner) => (chosen = owner.createSelectorQuery()),
        select: (selector: string) => query().select(selector),
        selectAll: (selector: string) => query().selectAll(selector),
        selectViewport: () => query().selectViewport(),
        exec: (done?: (results: unknown[]) => void) => query().exec(done),
      };
    },
    createIntersectionObserver: (owner: Owner, options: object = {}) =>
      owner.createIntersectionObserver(options),
  };
}

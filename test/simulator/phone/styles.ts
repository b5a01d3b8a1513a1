/**
 * The mini-program's styles in the page, in the order in which they apply. The phone has a theme of its own, which
 * the browser does not know: what `prefers-color-scheme` asks is answered here, in the text.
 */
import type { Theme } from '../compile/manifest.ts';

export class Styles {
  readonly #sheets: { element: HTMLStyleElement; css: string }[];

  constructor(styles: { path: string; css: string }[]) {
    this.#sheets = styles.map(({ path, css }) => {
      const element = document.createElement('style');
      element.dataset['path'] = path;
      document.head.append(element);
      return { element, css };
    });
  }

  apply(theme: Theme): void {
    for (const { element, css } of this.#sheets) element.textContent = answerTheme(css, theme);
    document.documentElement.dataset['theme'] = theme;
  }
}

export function answerTheme(css: string, theme: Theme): string {
  return css.replace(/\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/g, (_, asked: string) =>
    asked === theme ? '(min-width: 0px)' : '(max-width: 0px)',
  );
}

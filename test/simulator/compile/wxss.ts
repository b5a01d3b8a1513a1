/**
 * WXSS to CSS. PURE. Owns the units (rpx, vh of a page, safe areas), the built-in tag names, and scoping: a page's
 * rules reach that page only, a component's only itself, app.wxss every page and no component. Never sorts,
 * minifies or checks. Keyframes keep their names and are shared by all, as in WeChat.
 */

export type Scope =
  | { name: 'app' }
  | { name: 'page'; path: string }
  /** `prefix` is what glass-easel puts before the classes of this component. */
  | { name: 'component'; path: string; prefix: string };

/** Tags that WeChat brings; each is an element `wx-<tag>` in the browser. */
export const BUILT_IN_TAGS: readonly string[] = (
  'view text image scroll-view input textarea button form label navigator switch picker rich-text ' +
  'cover-view root-portal page-meta checkbox checkbox-group radio radio-group progress swiper swiper-item'
).split(' ');

const TAG = new RegExp(`(^|[\\s>+~,(])(${BUILT_IN_TAGS.join('|')})(?![-\\w])`, 'g');
const CLASS = /\.(-?[_a-zA-Z][-\w]*)/g;

export function compileWxss(text: string, scope: Scope): string {
  const { masked, unmask } = maskStrings(text.replace(/\/\*[\s\S]*?\*\//g, ''));
  const css = convertUnits(masked).replace(/([^{};]+)\{/g, (whole, prelude: string) => {
    const selector = prelude.trim();
    return isNoSelector(selector) ? whole : `${scopeSelector(selector, scope)} {`;
  });
  return unmask(css);
}

/** Replaces each `@import` by what it names, once; `read` gives '' for what does not exist. */
export function inlineImports(
  file: string,
  read: (file: string) => string,
  seen = new Set<string>(),
): string {
  if (seen.has(file)) return '';
  seen.add(file);
  return read(file).replace(/@import\s+(?:url\()?["']([^"']+)["']\)?\s*;/g, (_, target: string) => {
    const path = new URL(target, `file:///${file}`).pathname.slice(1);
    return inlineImports(path, read, seen);
  });
}

/** In a `style` attribute too, which is why it is exported. */
export function convertUnits(css: string): string {
  return (
    css
      // An old iOS wrote constant(); the declaration with env() stands beside it.
      .replace(/[-\w]+\s*:[^;{}]*\bconstant\([^;{}]*;?/g, '')
      .replace(/\benv\(\s*(safe-area-inset-(?:top|right|bottom|left))\s*(?:,[^)]*)?\)/g, 'var(--$1)')
      .replace(/(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/g, (_, n: string) => `${round((Number(n) * 100) / 750)}vw`)
      // A page's height is that of its window: the bars above and below are no part of it.
      .replace(/(-?(?:\d+\.)?\d+|-?\.\d+)vh\b/g, (_, n: string) => `calc(${n} * var(--window-vh))`)
  );
}

function isNoSelector(prelude: string): boolean {
  return /^(@|from\b|to\b|[\d.]+%)/.test(prelude);
}

function scopeSelector(list: string, scope: Scope): string {
  const tagged = list.replace(TAG, '$1wx-$2');
  if (scope.name === 'component') {
    return tagged
      .replace(CLASS, `.${scope.prefix}--$1`)
      .replace(/:host/g, `:where([data-is="${scope.path}"])`);
  }
  // `:where` weighs nothing: a page's rule wins over app.wxss by standing later, as in WeChat. What is around the pages,
  // the phone's own, is out of reach of both.
  const page = scope.name === 'app' ? ':where(page)' : `:where([data-page="${scope.path}"])`;
  const own = scope.name === 'app' ? 'page' : `page${page}`;
  return splitList(tagged)
    .map((selector) =>
      /^page(?![-\w])/.test(selector) ? selector.replace(/^page/, own) : `${page} ${selector}`,
    )
    .join(', ');
}

/** At the commas that stand in no parentheses. */
function splitList(list: string): string[] {
  return list.split(/,(?![^(]*\))/).map((selector) => selector.trim());
}

function maskStrings(text: string): { masked: string; unmask: (css: string) => string } {
  const strings: string[] = [];
  const masked = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\([^)'"]*\)/g, (string) => {
    // Imports are gone by now; what is left are values, which may hold braces and semicolons.
    strings.push(string);
    return `\u0001${strings.length - 1}\u0001`;
  });
  return {
    masked,
    // eslint-disable-next-line no-control-regex -- a character that no style sheet has
    unmask: (css) => css.replace(/\u0001(\d+)\u0001/g, (_, index: string) => strings[Number(index)] ?? ''),
  };
}

function round(n: number): number {
  return Number(n.toFixed(5));
}

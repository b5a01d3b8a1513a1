/**
 * WXS to JavaScript. PURE. WXS looks like ES5 and differs in three places that matter: required files keep their
 * extension, `x.constructor` is a string, and `getRegExp('\d')` keeps its backslash. Inline `<wxs>` is left as is.
 */
export function compileWxs(text: string): string {
  return text
    .replace(/(require\(\s*["'][^"']+)\.wxs(["'])/g, '$1$2')
    .replace(/([\w$.[\]]+)\.constructor\b/g, 'wxsTypeOf($1)')
    .replace(
      /(getRegExp\(\s*)(["'])(.*?)\2/g,
      (_, before: string, quote: string, pattern: string) =>
        before + quote + pattern.replace(/\\(?!\\)/g, '\\\\') + quote,
    );
}

/**
 * Lets Node run the mini-program's own sources. WeChat DevTools wants relative imports without an extension,
 * Node wants `.ts`: this adds it, for imports made inside miniprogram/ and for nothing else.
 */
import { registerHooks } from 'node:module';
import { extname } from 'node:path';

const miniprogram = new URL('../../miniprogram/', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const bare = /^\.{1,2}\//.test(specifier) && extname(specifier) === '';
    if (!bare || !context.parentURL?.startsWith(miniprogram)) return nextResolve(specifier, context);
    return nextResolve(`${specifier}.ts`, context);
  },
});

/**
 * What a template asks of the built-ins. PURE. Finds, in the text of a wxml file, every tag that is neither built in
 * nor a component, and every attribute of a built-in that this phone does not have, so that the gap has a name before
 * somebody wonders why nothing happens. Reads the text only: what a template means is the compiler's to say.
 */
import { BUILT_INS } from '../phone/builtins/catalogue.ts';
import { COMMON } from '../phone/builtins/part.ts';

const TEMPLATE_WORDS = new Set(['block', 'slot', 'template', 'import', 'include', 'wxs']);
const TAG = /<([a-z][-\w]*)((?:\s+[-\w:.@]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/?>/g;
const ATTRIBUTE = /([-\w:.@]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'))?/g;
/** What any element may bear, and what is the framework's. */
const ANYWHERE = /^(id|class|style|slot|role|hidden)$|^(wx:|data-|data:|aria-|mark:|generic:|change:)/;
const EVENT = /^(?:capture-)?(?:mut-)?(?:bind|catch):?|^model:/;

/** Each once, as `<map>` or `<scroll-view refresher-enabled>`. */
export function unknownParts(wxml: string, components: ReadonlySet<string>): string[] {
  const text = wxml.replace(/<!--[\s\S]*?-->/g, '').replace(/<wxs\b[\s\S]*?<\/wxs>/g, '');
  const unknown = new Set<string>();
  for (const [, tag = '', attributes = ''] of text.matchAll(TAG)) {
    if (TEMPLATE_WORDS.has(tag) || components.has(tag)) continue;
    const builtIn = BUILT_INS[tag];
    if (!builtIn) {
      unknown.add(`<${tag}>`);
      continue;
    }
    const properties = { ...COMMON, ...builtIn.properties };
    for (const [, name = ''] of attributes.matchAll(ATTRIBUTE)) {
      if (ANYWHERE.test(name) || EVENT.test(name) || camelCase(name) in properties) continue;
      unknown.add(`<${tag} ${name}>`);
    }
  }
  return [...unknown];
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

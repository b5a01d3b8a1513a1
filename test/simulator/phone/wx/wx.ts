/**
 * The `wx` that the app sees: the parts in one object. Whatever is not in it is undefined, and missed by its name:
 * nothing here is a silent "does nothing".
 */
import { BUILT_IN_TAGS } from '../../compile/wxss.ts';
import type { WxPart } from './call.ts';

export function createWx(parts: WxPart[], miss: (what: string) => void): WxPart {
  const known: WxPart = Object.assign({}, ...parts) as WxPart;
  known['canIUse'] = (schema: string) => {
    const [name = ''] = schema.split('.');
    return name in known || BUILT_IN_TAGS.includes(name);
  };
  return new Proxy(known, {
    get(target, name) {
      if (typeof name === 'symbol' || name in target) return target[name as string];
      miss(`wx.${name}`);
      return undefined;
    },
  });
}

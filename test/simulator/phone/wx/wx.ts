/**
 * The `wx` that the app sees: the parts in one object. Whatever is not in it says so in the console by its name, once,
 * and is undefined: nothing here is a silent "does nothing".
 */
import type { WxPart } from './call.ts';

export function createWx(parts: WxPart[], complain: (words: string) => void): WxPart {
  const known: WxPart = Object.assign({}, ...parts) as WxPart;
  const told = new Set<string>();
  known['canIUse'] = (schema: string) =>
    schema.split('.')[0] !== undefined && String(schema.split('.')[0]) in known;
  return new Proxy(known, {
    get(target, name) {
      if (typeof name === 'symbol' || name in target) return target[name as string];
      if (!told.has(name)) {
        told.add(name);
        complain(`wx.${name} is unknown to the preview (test/simulator/phone/wx/)`);
      }
      return undefined;
    },
  });
}

/**
 * A browser's globals for miniprogram-simulate, from jsdom. Owns only that: importing it is all there is to do,
 * before anything that wants a `document`. Leaves Node's own globals (timers, Uint8Array, URL) as they are.
 */
import { createRequire } from 'node:module';

/** What is used of jsdom, which brings no types. */
interface Jsdom {
  JSDOM: new (
    html: string,
    options: { url: string; pretendToBeVisual: boolean },
  ) => {
    window: Record<string, unknown>;
  };
}

const { JSDOM } = createRequire(import.meta.url)('jsdom') as Jsdom;
const { window } = new JSDOM('<!doctype html><html><head></head><body></body></html>', {
  url: 'https://mini-program.test/',
  pretendToBeVisual: true,
});

const NAMES = [
  'document',
  'Node',
  'Element',
  'HTMLElement',
  'Event',
  'CustomEvent',
  'MutationObserver',
  'getComputedStyle',
  'requestAnimationFrame',
  'cancelAnimationFrame',
];

Object.assign(globalThis, { window }, Object.fromEntries(NAMES.map((name) => [name, window[name]])));

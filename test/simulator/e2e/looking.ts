/**
 * Every page, as pictures in screenshots/, and that dark is dark. Each theme with one language; `npm run screenshots`
 * makes all.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Playing } from './play.ts';
import { tour } from './tour.ts';

export function looking(playing: Playing): void {
  for (const [theme, language] of [
    ['light', 'zh'],
    ['dark', 'en'],
  ] as const) {
    it(`every page is shown in ${theme} colours, in ${language === 'zh' ? 'Chinese' : 'English'}`, async () => {
      const backgrounds = await tour(playing(), { theme, language });
      for (const [page, colour] of backgrounds) {
        const isDark = colour.every((part) => part < 80);
        assert.equal(isDark, theme === 'dark', `${page} is rgb(${colour.join(', ')})`);
      }
    });
  }
}

/**
 * `npm run screenshots`: the pictures. Walks through the app in both themes and languages, then puts some of them side
 * by side, as the README shows them. Everything lands in screenshots/, which git ignores; the README's picture goes to
 * docs/, which it does not.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Play } from './e2e/play.ts';
import { SCREENSHOTS } from './e2e/phone.ts';
import { findChromium, Stage } from './e2e/stage.ts';
import { stripOf } from './e2e/strip.ts';
import { tour } from './e2e/tour.ts';

/** From left to right. */
const IN_README = ['rooms-light-zh', 'chat-light-zh', 'chat-dark-en', 'room-dark-en'];
const README_PICTURE = fileURLToPath(new URL('../../docs/preview.webp', import.meta.url));

const chromium = findChromium();
if (chromium === null) {
  console.error(
    'There is no Chromium: install one (Debian: apt-get install chromium) or name it in CHROMIUM.',
  );
  process.exit(1);
}
const stage = await Stage.open(chromium);
try {
  for (const theme of ['light', 'dark'] as const) {
    for (const language of ['zh', 'en'] as const) {
      const play = new Play(stage);
      await tour(play, { theme, language });
      for (const fault of await play.end()) console.error(fault);
    }
  }
  const pictures = IN_README.map((name) => readFileSync(join(SCREENSHOTS, `${name}.png`)));
  const strip = await stripOf(stage, pictures, { height: 620, quality: 0.8 });
  writeFileSync(README_PICTURE, strip);
  console.log(
    `Pictures in ${SCREENSHOTS}; the README's: ${README_PICTURE}, ${Math.round(strip.length / 1024)} KB`,
  );
} finally {
  await stage.close();
}

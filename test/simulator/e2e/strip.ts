/** Pictures side by side in one, drawn by a browser. */
import type { Stage } from './stage.ts';

export interface StripOptions {
  /** Of the whole, px. */
  height: number;
  /** 0 … 1 */
  quality: number;
}

/** @param pictures as PNG @returns WebP */
export async function stripOf(stage: Stage, pictures: Buffer[], options: StripOptions): Promise<Buffer> {
  const page = await stage.blank();
  try {
    const addresses = pictures.map((picture) => `data:image/png;base64,${picture.toString('base64')}`);
    const strip = await page.evaluate(stick, { addresses, ...options });
    return Buffer.from(strip.split(',')[1] ?? '', 'base64');
  } finally {
    await page.close();
  }
}

/** Runs in the browser, which can draw. */
async function stick(asked: { addresses: string[]; height: number; quality: number }): Promise<string> {
  const { addresses, height, quality } = asked;
  const gap = Math.round(height / 40);
  const images = await Promise.all(
    addresses.map(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return image;
    }),
  );
  const widths = images.map(({ naturalWidth, naturalHeight }) => (naturalWidth / naturalHeight) * height);
  const canvas = document.createElement('canvas');
  canvas.width = widths.reduce((sum, width) => sum + width + gap, -gap);
  canvas.height = height;
  const context = canvas.getContext('2d');
  let left = 0;
  for (const [index, image] of images.entries()) {
    const width = widths[index] ?? 0;
    context?.drawImage(image, left, 0, width, height);
    left += width + gap;
  }
  return canvas.toDataURL('image/webp', quality);
}

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { renderAsync } from '@resvg/resvg-js';

const FAMILY = 'DejaVu Sans';

/** A container has no fonts: these come with the package. */
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve('dejavu-fonts-ttf/package.json')), 'ttf', name);
});

/**
 * An SVG picture of ours as PNG, for chats, which show no SVG. Loads nothing from anywhere, and draws beside the event
 * loop: requests are not held up.
 *
 * @param zoom pixels for each unit of the SVG.
 */
export async function renderPng(svg: string, { zoom }: { readonly zoom: number }): Promise<Buffer> {
  const image = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY },
  });
  return image.asPng();
}

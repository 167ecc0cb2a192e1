import type { Footprints } from './histories.ts';
import { renderTables } from './render.ts';

/** Where the tables are read. */
export const PAGE = 'docs/sizing.md';

/** The page with its tables as the model has them now. Throws if it has no place for one. */
export function intoPage(page: string, footprints: Footprints): string {
  return Object.entries(renderTables(footprints)).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- ${name} -->\\n\\n)(?:[^]*?\\n)?(\\n<!-- /${name} -->)`);
    if (!place.test(text)) throw new Error(`${PAGE} has no place for the table ${name}`);
    return text.replace(place, (_, before: string, after: string) => `${before}${table}\n${after}`);
  }, page);
}

/**
 * Writes the pages of the documentation that come from the code.
 *
 *     node tools/docs/generate.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { renderPages } from './render-pages.ts';

const root = packageRoot();
for (const [page, text] of Object.entries(await renderPages(root))) writeFileSync(join(root, page), text);

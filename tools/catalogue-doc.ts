/**
 * Writes docs/catalogue.md from the catalogue's data.
 *
 *     node tools/catalogue-doc.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/local/package-root.ts';
import { readCatalogue, readCureTerms } from './catalogue/read-catalogue.ts';
import { renderCatalogue } from './catalogue/render-catalogue.ts';

const root = packageRoot();
const policy = join(root, 'policy');
writeFileSync(join(root, 'docs', 'catalogue.md'), renderCatalogue(readCatalogue(policy), readCureTerms(policy)));

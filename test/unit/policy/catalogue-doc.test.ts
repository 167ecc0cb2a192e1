import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { readCatalogue, readCureTerms } from '../../../tools/catalogue/read-catalogue.ts';
import { renderCatalogue } from '../../../tools/catalogue/render-catalogue.ts';

const root = packageRoot();
const sources = readCatalogue(join(root, 'policy'));
const terms = readCureTerms(join(root, 'policy'));
const alerts = sources.flatMap((source) => source.alerts);

it('docs/catalogue.md is what tools/catalogue-doc.ts writes', () => {
  expect(readFileSync(join(root, 'docs', 'catalogue.md'), 'utf8')).toBe(renderCatalogue(sources, terms));
});

it('has a row for each alert, with a runbook for each that a human may see', () => {
  const text = renderCatalogue(sources, terms);
  expect(alerts.length).toBeGreaterThan(300);
  for (const { name, decision, runbook } of alerts) {
    const rows = text.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));
    expect(rows, name).toHaveLength(1);
    if (decision !== 'ignore') expect(rows[0]).toContain(`](${runbook})`);
  }
});

it('has every source, and every source has alerts', () => {
  expect(sources.filter((source) => source.alerts.length === 0)).toEqual([]);
});

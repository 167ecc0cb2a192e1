import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { readTemporalSettings } from '../../../src/local/temporal-server.ts';
import { searchAttributes } from '../../../src/contract/search-attributes.ts';

const folder = join(packageRoot(), 'temporal');
const used = Object.values(searchAttributes).map(({ name, type }) => [name, type]);
const inReadme = (pattern: RegExp) =>
  [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(pattern)].map(([, name, type]) => [
    name,
    type?.toUpperCase(),
  ]);

describe('search attributes', () => {
  it('are registered on the dev server as the workflows use them', async () => {
    const settings = await readTemporalSettings(join(folder, 'dev-server.json'));
    const registered = Object.entries(settings.searchAttributes).map(([name, type]) => [name, type.toUpperCase()]);
    expect(registered.toSorted()).toEqual(used.toSorted());
  });

  it.each([
    ['temporal operator', /--name (\w+) --type (\w+)/g],
    ['tcld', /--sa "(\w+)=(\w+)"/g],
  ])('are all created by the command for %s in temporal/README.md', (_tool, pattern) => {
    expect(inReadme(pattern).toSorted()).toEqual(used.toSorted());
  });
});

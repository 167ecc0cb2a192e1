import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/local/package-root.ts';
import { valuesSchema } from '../../../tools/chart/values-schema.ts';

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');
const page = read('docs/install.md');
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '');
const alertmanager = /^route:/;

describe('docs/install.md', () => {
  it('shows values', () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  it.each(blocks.filter((text) => !alertmanager.test(text)))('shows only values that the chart has: %s', (text) => {
    expect(valuesSchema.safeParse(parse(text)).error).toBeUndefined();
  });
});

describe('temporal/README.md', () => {
  it('creates every search attribute with its type', () => {
    const { searchAttributes } = JSON.parse(read('temporal/dev-server.json')) as {
      searchAttributes: Readonly<Record<string, string>>;
    };
    const readme = read('temporal/README.md');
    const created = [...readme.matchAll(/--name (Mendloop\w+) --type (\w+)/g)].map(([, name, type]) => [name, type]);
    expect(Object.fromEntries(created)).toEqual(searchAttributes);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { chartFiles, COPY_FOLDERS } from '../../../tools/chart/chart-files.ts';
import { readValues } from '../../../tools/chart/read-values.ts';
import { CHART } from '../../../tools/chart/values-schema.ts';

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const files = await chartFiles();
const values = readValues(read(`${CHART}/values.yaml`));

describe("the chart's generated files", () => {
  it.each([...files.keys()])('%s is as `node tools/chart/generate.ts` writes it', (path) => {
    expect(read(path)).toBe(files.get(path));
  });

  it.each(COPY_FOLDERS)('%s holds copies and nothing else', (folder) => {
    const there = globSync(`${folder}/*`, { cwd: root });
    expect(there).not.toHaveLength(0);
    expect(there.filter((path) => !files.has(path))).toEqual([]);
  });
});

describe('values.yaml', () => {
  it('documents every value', () => {
    expect(values.length).toBeGreaterThan(80);
    expect(values.filter(({ description }) => description === undefined).map(({ key }) => key)).toEqual([]);
  });

  it('has every value in the README', () => {
    const readme = read(`${CHART}/README.md`);
    expect(values.filter(({ key }) => !readme.includes(`**\`${key}\`**`))).toEqual([]);
  });
});

describe('reading documented values', () => {
  it('takes comments of several lines, sections, maps that are one value, and lists', () => {
    const text = [
      '# A comment about nothing in particular.',
      '# -- First line,',
      '# and second.',
      'one: 1',
      'section:',
      '  # -- A map.',
      '  map:',
      '    inner: x',
      '  # -- A list.',
      '  list:',
      '    - name: a',
      'bare: {}',
    ].join('\n');
    expect(readValues(text)).toEqual([
      { key: 'one', description: 'First line, and second.', value: 1 },
      { key: 'section.map', description: 'A map.', value: { inner: 'x' } },
      { key: 'section.list', description: 'A list.', value: [{ name: 'a' }] },
      { key: 'bare', description: undefined, value: {} },
    ]);
  });

  it('gives no comment to a key that it does not stand above', () => {
    const text = ['# -- Of something that is gone.', '', 'one: 1'].join('\n');
    expect(readValues(text)).toEqual([{ key: 'one', description: undefined, value: 1 }]);
  });
});

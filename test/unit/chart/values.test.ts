import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../src/config/schema.ts';
import { schemasAt } from '../../../src/config/walk-schema.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { renderSchema } from '../../../tools/chart/render-schema.ts';
import { CHART, valuesSchema } from '../../../tools/chart/values-schema.ts';
import { CI_VALUES } from '../../support/chart/ci-values.ts';

const read = (path: string) => readFileSync(join(packageRoot(), CHART, path), 'utf8');
const parseFile = (path: string): unknown => parse(readFileSync(path, 'utf8'));

describe('the schema of the values', () => {
  it('takes the defaults', () => {
    expect(valuesSchema.safeParse(parse(read('values.yaml'))).error).toBeUndefined();
  });

  it.each(Object.entries(CI_VALUES))('takes ci/%s-values.yaml', (_name, file) => {
    expect(valuesSchema.safeParse(parseFile(file)).error).toBeUndefined();
  });

  it('knows no key that the defaults lack, but those of Helm and those that are gone', () => {
    const there = Object.keys(parse(read('values.yaml')) as object);
    const known = Object.keys(valuesSchema.shape).filter((key) => !there.includes(key));
    expect(known.sort()).toEqual(['autoscaling', 'enabled', 'global', 'replicaCount']);
  });

  it("holds no regular expression that Helm's engine lacks", () => {
    expect(renderSchema()).not.toMatch(/"pattern": ".*\(\?[=!<]/);
  });
});

describe('what the chart refuses below `config`', () => {
  const managed = [...read('templates/_validate.tpl').matchAll(/^ {2}"([A-Za-z.]+)" "/gm)].map(
    ([, path]) => path ?? '',
  );

  it('is found', () => {
    expect(managed).toContain('api.port');
  });

  it.each(managed)('%s is a setting of Mendloop', (path) => {
    expect(schemasAt(configSchema, path.split('.'))).not.toHaveLength(0);
  });
});

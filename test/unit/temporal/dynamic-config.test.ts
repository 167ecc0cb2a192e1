import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/local/package-root.ts';

const read = (file: string) => readFileSync(join(packageRoot(), file), 'utf8');
const FILE = 'temporal/dynamic-config.yaml';

interface Values {
  readonly server: { readonly dynamicConfig: Readonly<Record<string, unknown>> };
}

describe("the dynamic configuration of Temporal's server", () => {
  const text = read(FILE);
  const keys = Object.keys(parse(text) as object);

  it("is the same in the values of Temporal's own chart", () => {
    const { server } = parse(read('helm/temporal/values.yaml')) as Values;
    expect(server.dynamicConfig).toEqual(parse(text));
  });

  it('says why each is there, beginning with the default', () => {
    // A reason is for all keys that follow it.
    const reasons = text.split(/\n\n/).slice(1);
    expect(reasons.flatMap((part) => Object.keys(parse(part) as object))).toEqual(keys);
    for (const part of reasons) expect(part).toMatch(/^# Default /);
  });
});

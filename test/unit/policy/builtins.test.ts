import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { HOST_BUILTINS } from '../../../src/clients/policy/builtins.ts';

it('the functions that are taken to be offered by the engine are those that it offers', () => {
  const require = createRequire(import.meta.url);
  const host: unknown = require(join(dirname(require.resolve('@open-policy-agent/opa-wasm')), 'builtins', 'index.js'));
  expect(Object.keys(host as object).toSorted()).toEqual([...HOST_BUILTINS].toSorted());
});

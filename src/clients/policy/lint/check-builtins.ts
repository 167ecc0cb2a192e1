import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { lackedBuiltins } from '../builtins.ts';
import { findCalls } from '../find-calls.ts';
import type { Finding } from './finding.ts';
import type { RegoFile } from './read-sources.ts';

/**
 * The calls of built-in functions that the engine in Mendloop's process does not have, each with its place. The compiled
 * policy says which: only the compiler knows what it brings along.
 */
export async function checkBuiltins(wasm: Uint8Array, rego: readonly RegoFile[]): Promise<Finding[]> {
  const names = lackedBuiltins(await loadPolicy(new Uint8Array(wasm)));
  return names.flatMap((name): Finding[] => {
    const finding: Finding = {
      severity: 'error',
      check: 'builtin',
      message: `the engine has no built-in function ${name}: decisions would fail (docs/policy.md, "Built-in functions")`,
    };
    const places = rego.flatMap(({ file, text }) =>
      findCalls(text, [name]).map(({ line, column }) => ({ file, line, column })),
    );
    return places.length === 0 ? [finding] : places.map((place) => ({ ...finding, place }));
  });
}

import { MendloopError } from '../../domain/failures.ts';

/**
 * The built-in functions that the engine's host offers to a policy, beside those that are compiled into it. Source:
 * `src/builtins` of `@open-policy-agent/opa-wasm`, which does not export them.
 */
export const HOST_BUILTINS: ReadonlySet<string> = new Set([
  'json.is_valid',
  'regex.split',
  'sprintf',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

/** What `loadPolicy` gives, as far as it matters here. */
export interface CompiledPolicy {
  readonly wasmInstance: { readonly exports: Readonly<Record<string, unknown>> };
  readonly mem: { readonly buffer: ArrayBuffer };
}

/**
 * Built-in functions that a compiled policy calls and that the engine does not have, by name. A policy loads with them:
 * it is evaluating that fails.
 */
export function lackedBuiltins(policy: CompiledPolicy): string[] {
  return wantedOfHost(policy)
    .filter((name) => !HOST_BUILTINS.has(name))
    .toSorted();
}

/** Source: OPA's documentation of its WebAssembly modules: `builtins` gives the address of an object, names to numbers. */
function wantedOfHost({ wasmInstance, mem }: CompiledPolicy): string[] {
  const { builtins, opa_json_dump: dump } = wasmInstance.exports;
  if (!isFunction(builtins) || !isFunction(dump)) {
    throw new MendloopError('PolicyUnavailable', 'the policy is no WebAssembly module of OPA: it exports no builtins');
  }
  const address = dump(builtins());
  const memory = new Uint8Array(mem.buffer);
  const text = new TextDecoder().decode(memory.subarray(address, memory.indexOf(0, address)));
  const names: unknown = JSON.parse(text);
  return typeof names === 'object' && names !== null ? Object.keys(names) : [];
}

function isFunction(value: unknown): value is (...args: number[]) => number {
  return typeof value === 'function';
}

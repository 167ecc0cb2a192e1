import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { MendloopError } from '../../domain/failures.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { readAnswer } from './read-answer.ts';
import type { BundleContent } from './read-bundle.ts';

/**
 * Policy compiled to WebAssembly, evaluated in this process in microseconds.
 *
 * @throws MendloopError `PolicyUnavailable` if it does not compile.
 */
export async function loadWasmPolicy({ wasm, data, revision }: BundleContent): Promise<PolicyEngine> {
  let policy: Awaited<ReturnType<typeof loadPolicy>>;
  try {
    policy = await loadPolicy(new Uint8Array(wasm));
    policy.setData(data);
  } catch (error) {
    throw unavailable('does not load', error);
  }
  return {
    revision,
    decide: ({ alert, cluster }) => {
      let results: unknown;
      try {
        results = policy.evaluate({ alert, cluster });
      } catch (error) {
        return Promise.reject(unavailable('failed to evaluate', error));
      }
      return new Promise((resolve) => resolve({ ...readAnswer(resultOf(results)), policyRevision: revision }));
    },
  };
}

/** An undefined decision is an empty list of results. */
function resultOf(results: unknown): unknown {
  const first: unknown = Array.isArray(results) ? results[0] : undefined;
  return typeof first === 'object' && first !== null && 'result' in first ? first.result : undefined;
}

function unavailable(what: string, error: unknown): MendloopError {
  return new MendloopError(
    'PolicyUnavailable',
    `the policy ${what}: ${error instanceof Error ? error.message : 'unknown'}`,
  );
}

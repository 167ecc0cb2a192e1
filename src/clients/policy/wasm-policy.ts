import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { MendloopError } from '../../domain/failures.ts';
import { lackedBuiltins } from './builtins.ts';
import { refuseUnfitData } from './data/refuse-unfit-data.ts';
import { findCalls } from './find-calls.ts';
import { type PolicyClock, policyNow } from './policy-clock.ts';
import { policyDocument } from './policy-document.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { readAnswer } from './read-answer.ts';
import type { BundleContent } from './read-bundle.ts';

/**
 * Policy compiled to WebAssembly, evaluated in this process in microseconds.
 *
 * @throws MendloopError `PolicyUnavailable` if it does not compile, or its data does not fit its schema, or it calls what the engine
 * does not have.
 */
export async function loadWasmPolicy(
  { wasm, data, rego, revision }: BundleContent,
  { now = Date.now }: PolicyClock = {},
): Promise<PolicyEngine> {
  refuseUnfitData(data);
  let policy: Awaited<ReturnType<typeof loadPolicy>>;
  try {
    policy = await loadPolicy(new Uint8Array(wasm));
    policy.setData(data);
  } catch (error) {
    throw unavailable('does not load', error);
  }
  refuseLacking(lackedBuiltins(policy), rego);
  return {
    revision,
    decide: (input) => {
      let results: unknown;
      try {
        results = policy.evaluate({ ...policyDocument(input), now: policyNow(now()) });
      } catch (error) {
        return Promise.reject(unavailable('failed to evaluate', error));
      }
      return new Promise((resolve) => resolve({ ...readAnswer(resultOf(results)), policyRevision: revision }));
    },
  };
}

/** At once: each decision would fail, and be tried again for ever. */
function refuseLacking(lacking: readonly string[], rego: BundleContent['rego']): void {
  if (lacking.length === 0) return;
  const named = lacking.map((name) => {
    const files = [...rego].filter(([, text]) => findCalls(text, [name]).length > 0).map(([file]) => file);
    return files.length === 0 ? name : `${name} (${files.join(', ')})`;
  });
  throw new MendloopError(
    'PolicyUnavailable',
    `the policy cannot be used: the engine has no built-in function ${named.join(', ')}`,
  );
}

/** An undefined decision is an empty list of results. */
function resultOf(results: unknown): unknown {
  const first: unknown = Array.isArray(results) ? results[0] : undefined;
  return typeof first === 'object' && first !== null && 'result' in first ? first.result : undefined;
}

function unavailable(what: string, error: unknown): MendloopError {
  return new MendloopError('PolicyUnavailable', `the policy ${what}: ${messageOf(error)}`);
}

/** The engine throws errors, texts, and objects with a message. */
function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage && typeof error.message === 'string' ? error.message : 'unknown';
}

import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { Alert } from '../../domain/alert.ts';
import { type Decision, policyAnswerSchema } from '../../domain/decision.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { BundleContent } from './read-bundle.ts';

/** Faults of an answer that are told; one is mostly enough. */
const MAX_FAULTS = 5;

/** What policy is asked. */
export interface PolicyInput {
  readonly alert: Alert;
  /** Name of the cluster Mendloop acts on. */
  readonly cluster: string;
}

/** Something that decides: a bundle in this process, or a server. */
export interface PolicyEngine {
  readonly revision: string;
  /**
   * @throws MendloopError `PolicyAnswerInvalid` for an answer that is undefined or not in the decision's shape,
   * `PolicyUnavailable` if evaluating failed.
   */
  decide(input: PolicyInput): Promise<Decision>;
}

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
      return new Promise((resolve) => resolve({ ...parseAnswer(results), policyRevision: revision }));
    },
  };
}

function parseAnswer(results: unknown) {
  const first: unknown = Array.isArray(results) ? results[0] : undefined;
  const answer = typeof first === 'object' && first !== null && 'result' in first ? first.result : undefined;
  if (answer === undefined) throw new MendloopError('PolicyAnswerInvalid', 'policy left mendloop/decision undefined');
  const parsed = policyAnswerSchema.safeParse(answer);
  if (parsed.success) return parsed.data;
  // Paths and what was expected, never values: they may come from labels and annotations.
  const faults = parsed.error.issues
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => `${path.map(String).join('.') || 'decision'}: ${message}`)
    .join('; ');
  throw new MendloopError('PolicyAnswerInvalid', `policy's answer is not a decision: ${faults}`);
}

function unavailable(what: string, error: unknown): MendloopError {
  return new MendloopError(
    'PolicyUnavailable',
    `the policy ${what}: ${error instanceof Error ? error.message : 'unknown'}`,
  );
}

import { MendloopError } from '../../domain/failures.ts';
import { followFile } from '../files/follow-file.ts';
import type { PolicyClock } from './policy-clock.ts';
import { type LivePolicy, type PolicyEngine, type PolicyEvents, PROBE } from './policy-engine.ts';
import { readBundle } from './read-bundle.ts';
import { loadWasmPolicy } from './wasm-policy.ts';

export interface PolicyBundleOptions extends PolicyEvents, PolicyClock {
  /** Bundle made by `opa build -t wasm -e mendloop/decision`. */
  readonly path: string;
}

/**
 * Loads the bundle and follows its file. A changed bundle takes over only after it has compiled and answered; until
 * then, and if it is broken, missing or half-written, the last good one stays. Starts without a bundle if there is no
 * good one yet: deciding then fails with `PolicyUnavailable`, which is retried.
 */
export async function openPolicyBundle({ path, now, onReload, onError }: PolicyBundleOptions): Promise<LivePolicy> {
  let current: PolicyEngine | undefined;

  async function take(content: Buffer): Promise<void> {
    try {
      const next = await loadWasmPolicy(await readBundle(content), { now });
      await next.decide(PROBE);
      current = next;
      onReload?.({ revision: next.revision });
    } catch (error) {
      if (!(error instanceof MendloopError)) throw error;
      onError?.(error);
    }
  }

  const file = followFile({
    path,
    onContent: take,
    onMissing: () => onError?.(new MendloopError('PolicyUnavailable', `policy bundle ${path} cannot be read`)),
  });
  await file.ready;

  return {
    get ready() {
      return current !== undefined;
    },
    get revision() {
      return current?.revision ?? 'none';
    },
    decide: async (input) => {
      if (current === undefined) throw new MendloopError('PolicyUnavailable', `no good policy bundle at ${path} yet`);
      return await current.decide(input);
    },
    close: () => file.close(),
  };
}

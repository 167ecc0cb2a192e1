import { inject } from 'vitest';
import type { RemediationInput } from '../../src/contract/remediation.ts';
import type { FakeWorld } from './fake-world.ts';
import { runRemediation, type Running } from './run-remediation.ts';

/** `runRemediation` on the server that all workflow tests share. */
export async function withRemediation<T>(
  world: FakeWorld,
  test: (running: Running) => Promise<T>,
  input: Partial<RemediationInput> = {},
): Promise<T> {
  return await runRemediation({ address: inject('temporalAddress'), world, input }, test);
}

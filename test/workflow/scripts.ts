import { expect } from 'vitest';
import type { Activities } from '../../src/activities/index.ts';
import type { Admission } from '../../src/domain/admission/admission.ts';
import type { Mode } from '../../src/domain/decision/mode.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import type { FakeWorld, Script } from './fake-world.ts';
import type { Running } from './run-remediation.ts';

/** A decision under which policy would act, in this mode. */
export const inMode = (mode: Mode, overrides: Record<string, unknown> = {}): Script => ({
  decide: () => {
    const plan = aPlan({ approval: {}, ...overrides });
    const { approval: _, ...auto } = plan;
    const decision = aDecision(mode === 'approve' ? plan : auto);
    return Promise.resolve({ ...decision, effectiveMode: { mode, source: 'test' } });
  },
});
/** A decision with one plan, which differs from the usual one. */
export const planned = (overrides: Record<string, unknown>): Script => ({
  decide: () => Promise.resolve(aDecision(aPlan(overrides))),
});
/** The store's answers, one after the other; the last one stays. */
export const admits = (...answers: Admission[]): Script => ({
  admit: () => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0])!),
});
/** What the store says of the first grant. */
export const granted = { status: 'granted', epoch: 1 } as const;
/** Where the remediation stands, waited for. */
export const step = ({ status }: Running) => expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS });
/** What a person with these roles says of an approval. */
export const vote = (by: string, roles: string[] = ['approver']) => ({
  by,
  roles,
  reason: 'looks right',
  via: 'cli' as const,
});
/** What an activity was given, each time it ran. */
export const heard = (world: FakeWorld, name: keyof Activities) =>
  world.calls.filter((call) => call.name === name).map(({ input }) => input as Record<string, unknown>);

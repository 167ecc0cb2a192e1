import { join } from 'node:path';
import { turnedOn as withoutModes } from '../../src/clients/policy/coverage/turned-on.ts';
import { alertOf, samplesOf } from '../../src/clients/policy/diff/tried-alerts.ts';
import { compilePolicy } from '../../src/clients/policy/lint/compile-policy.ts';
import type { PolicyEngine } from '../../src/clients/policy/policy-engine.ts';
import { loadWasmPolicy } from '../../src/clients/policy/wasm-policy.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { DefaultAlert } from './alerts.ts';

/** What the policy that comes with Mendloop says of an alert. */
export interface Decided extends DefaultAlert {
  /** As it comes. */
  readonly shipped: Decision;
  /** When every rule has been turned on: without the modes that hold it back. */
  readonly turnedOn: Decision;
}

/** Asks the policy below `root` about each alert, with the labels that a series of such an alert has. */
export async function decideAll(opa: string, root: string, alerts: readonly DefaultAlert[]): Promise<Decided[]> {
  const policy = join(root, 'policy');
  const content = await compilePolicy(opa, [policy]);
  if (content === undefined) throw new Error('the policy does not compile');
  const shipped = await loadWasmPolicy(content);
  const turnedOn = await loadWasmPolicy({ ...content, data: withoutModes(content.data) });
  const samples = new Map((await samplesOf(opa, [policy])).map(({ labels }) => [labels['alertname'], labels]));
  return await Promise.all(
    alerts.map(async (one) => {
      const labels = { namespace: 'shop', ...samples.get(one.alert), alertname: one.alert, severity: one.severity };
      const ask = (engine: PolicyEngine) => engine.decide({ alert: alertOf(labels), cluster: 'default' });
      return { ...one, shipped: await ask(shipped), turnedOn: await ask(turnedOn) };
    }),
  );
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers, terminalProgress } from '../../../dev/stack/index.ts';
import { openPolicyBundle } from '../../../src/clients/policy/policy-bundle.ts';
import type { LivePolicy } from '../../../src/clients/policy/policy-engine.ts';
import { anAlert } from '../../support/alerts.ts';
import { buildWasm } from '../../support/opa.ts';

let folder: string;
let policy: LivePolicy;
beforeAll(async () => {
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  folder = await mkdtemp(join(tmpdir(), 'mendloop-exported-'));
  const output = join(folder, 'bundle.tar.gz');
  await buildWasm({ opa: opa.path, output, revision: 'test' });
  policy = await openPolicyBundle({ path: output });
});
afterAll(async () => {
  await (policy as LivePolicy | undefined)?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The labels of the scrape, which hide those of the object. */
const scrape = {
  job: 'kube-state-metrics',
  instance: '100.96.4.154:8080',
  namespace: 'monitoring',
  pod: 'kube-state-metrics-855b4fbdb5-crgtg',
  container: 'kube-state-metrics',
};
const throttled = { alertname: 'PodCPUThrottling', severity: 'critical', team: 'platform' };
const decide = (labels: Record<string, string>) => policy.decide({ alert: anAlert({ labels }), cluster: 'default' });

describe('an alert whose labels name the exporter', () => {
  it('is decided for the object that suffers', async () => {
    const exported = {
      exported_namespace: 'shop',
      exported_pod: 'api-7d9f8b6c5-x2x4z',
      exported_container: 'api',
    };
    expect(await decide({ ...throttled, ...scrape, ...exported })).toMatchObject({
      verdict: 'observe',
      plan: { target: { namespace: 'shop', kind: 'Pod', name: 'api-7d9f8b6c5-x2x4z' } },
    });
  });

  it.each([{ exported_namespace: 'shop' }, { exported_pod: 'api-7d9f8b6c5-x2x4z' }, { exported_container: 'api' }])(
    'is never decided for the exporter, also where only %j is known',
    async (exported) => {
      const decision = await decide({ ...throttled, ...scrape, ...exported });
      expect(decision.verdict).toBe('reject');
      expect(JSON.stringify(decision)).not.toContain('kube-state-metrics');
    },
  );
});

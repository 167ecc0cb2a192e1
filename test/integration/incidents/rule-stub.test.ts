import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers, terminalProgress } from '../../../dev/stack/index.ts';
import { openPolicyBundle } from '../../../src/clients/policy/policy-bundle.ts';
import { ruleStub } from '../../../src/domain/incident/rule-stub.ts';
import { anAlert } from '../../support/alerts.ts';
import { buildWasm, POLICY } from '../../support/opa.ts';

let opa: string;
let folder: string;
beforeAll(async () => {
  opa = (await ensureServers(['opa'], { progress: terminalProgress() })).opa.path;
  folder = await mkdtemp(join(tmpdir(), 'mendloop-stub-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SERVICES = `cart:
  target: { namespace: shop, kind: Deployment, name: cart }
  scale: { replicas: 3 }
  runbook: https://runbooks.example.com/cart
`;
const SLOS = `cart:
  latency: { quantile: '0.95', thresholdSeconds: 0.2 }
`;
const parameters = (rule: string) => `${rule}:
  scale: { replicas: 3 }
  proof: { measure: throttled_seconds, threshold: 0.2 }
  runbook: https://runbooks.example.com/pods
`;

describe('a rule to begin with', () => {
  it.each([
    ['a service', { alertname: 'CartIsSlow', severity: 'warning', service: 'cart' }, 'cart_is_slow', 'observe'],
    ['a Pod', { alertname: 'HTTP5xxRatio', namespace: 'shop', pod: 'api-1' }, 'http5xx_ratio', 'observe'],
    ['neither', { alertname: '3 "quoted"\n\\ disks', severity: 'page' }, 'alert_3_quoted_disks', 'human'],
    ['nothing', { alertname: '???' }, 'alert', 'human'],
  ])('is answered by policy for an alert about %s', async (what, labels: Record<string, string>, rule, verdict) => {
    const own = join(folder, what.replaceAll(' ', '-'));
    const stub = ruleStub({ alertName: labels['alertname'] ?? '', rule: '', labels }) ?? '';
    expect(stub).toContain(`package mendloop.rules.${rule}\n`);
    const files = { 'rules/own.rego': stub, 'services/data.yaml': SERVICES, 'slos/data.yaml': SLOS };
    for (const [name, text] of Object.entries({ ...files, 'parameters/data.yaml': parameters(rule) })) {
      await mkdir(join(own, name, '..'), { recursive: true });
      await writeFile(join(own, name), text);
    }
    const output = `${own}.tar.gz`;
    await buildWasm({ opa, output, revision: 'test', sources: [POLICY, own] });
    const policy = await openPolicyBundle({ path: output });
    try {
      const decision = await policy.decide({ alert: anAlert({ labels }), cluster: 'default' });
      expect(decision).toMatchObject({ rule, verdict });
    } finally {
      await policy.close();
    }
  });

  it('is none where a rule is about such alerts already', () => {
    expect(ruleStub({ alertName: 'A', rule: 'a', labels: {} })).toBeUndefined();
  });
});

import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openOpaServer } from '../../../src/clients/policy/opa-server.ts';
import { policyNow } from '../../../src/clients/policy/policy-clock.ts';
import type { LivePolicy } from '../../../src/clients/policy/policy-engine.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan } from '../../support/plans.ts';
import { bodyOf, type LocalServer, serve } from '../prometheus/local-server.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** What the server answers; `health` is its answer to /health?bundles. */
interface Script {
  decision: Answer | 'hang';
  health: number;
  readonly asked: { readonly method: string | undefined; readonly url: string; readonly body: unknown }[];
}

const rejected = { verdict: 'reject', rule: '', reason: 'no rule handles this alert' };
const revision = (...revisions: string[]) => ({
  version: '1.22.2',
  bundles: Object.fromEntries(revisions.map((text, index) => [`bundle-${index}`, { revision: text }])),
});

let server: LocalServer | undefined;
let policy: LivePolicy | undefined;
afterEach(async () => {
  await policy?.close();
  await server?.close();
  policy = undefined;
  server = undefined;
});

async function start(
  decision: Script['decision'],
  events: object = {},
): Promise<{ script: Script; policy: LivePolicy }> {
  const script: Script = { decision, health: 200, asked: [] };
  server = await serve((request, response) => {
    void note(request, script).then(() => {
      const answer =
        request.method === 'GET'
          ? { status: script.health, body: {} }
          : script.decision === 'hang'
            ? undefined
            : script.decision;
      if (answer === undefined) return;
      const { status = 200, body, headers } = answer;
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  const config = configSchema.parse({ policy: { engine: 'server', server: { url: server.url, timeoutSeconds: 0.5 } } });
  if (config.policy.server === undefined) throw new Error('no server in the settings');
  policy = await openOpaServer({ settings: config.policy.server, now: () => NOON, ...events });
  return { script, policy };
}

async function note(request: IncomingMessage, script: Script): Promise<void> {
  const text = await bodyOf(request);
  script.asked.push({
    method: request.method,
    url: request.url ?? '',
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  });
}

const input = { alert: anAlert(), cluster: 'default' };
const NOON = Date.parse('2026-03-01T12:00:00Z');

describe('a decision of an OPA server', () => {
  it('is asked for with the alert as input, and carries revision and decision ID', async () => {
    const plan = { verdict: 'plan', rule: 'sale', plan: aPlan(), mode: 'auto' };
    const { script, policy } = await start({ body: { result: plan, decision_id: 'd-1', provenance: revision('r7') } });
    await expect(policy.decide(input)).resolves.toEqual({ ...plan, policyRevision: 'r7', decisionId: 'd-1' });
    expect(script.asked.at(-1)).toEqual({
      method: 'POST',
      url: '/v1/data/mendloop/decision?provenance=true',
      body: { input: { ...input, now: policyNow(NOON) } },
    });
  });

  it('is asked for with the labels of the object that suffers, and with those that were sent beside them', async () => {
    const { script, policy } = await start({ body: { result: rejected } });
    const labels = { alertname: 'Slow', namespace: 'monitoring', exported_namespace: 'shop' };
    await policy.decide({ ...input, alert: { ...input.alert, labels } });
    const alert = { ...input.alert, labels: { ...labels, namespace: 'shop' }, sentLabels: labels };
    expect(script.asked.at(-1)?.body).toEqual({ input: { ...input, alert, now: policyNow(NOON) } });
  });

  it.each([
    ['without bundles', undefined, 'unversioned'],
    ['of a bundle without a revision', revision(''), 'unversioned'],
    ['of several bundles', revision('a', '', 'b'), 'bundle-0=a bundle-2=b'],
  ])('has a revision %s', async (_, provenance, expected) => {
    const { policy } = await start({ body: { result: rejected, provenance } });
    const decision = await policy.decide(input);
    expect(decision).toEqual({ ...rejected, policyRevision: expected });
    expect(policy.revision).toBe(expected);
  });

  it.each<[string, Script['decision'], string, string]>([
    ['an error of the server', { status: 500, body: '{}' }, 'PolicyUnavailable', 'answered with status 500'],
    ['refused credentials', { status: 401, body: '{}' }, 'PolicyUnavailable', 'answered with status 401'],
    ['a page of a proxy', { body: '<html>' }, 'PolicyUnavailable', 'no answer of OPA'],
    ['a list', { body: [] }, 'PolicyUnavailable', 'no answer of OPA'],
    ['a server that hangs', 'hang', 'PolicyUnavailable', 'time ran out'],
    ['an undefined decision', { body: {} }, 'PolicyAnswerInvalid', 'undefined'],
    ['another shape', { body: { result: { allow: true } } }, 'PolicyAnswerInvalid', 'not a decision: verdict'],
    [
      'a plan with a fault',
      { body: { result: { verdict: 'plan', rule: 'x', plan: { ...aPlan(), action: 'secret' } } } },
      'PolicyAnswerInvalid',
      'plan.action',
    ],
  ])('fails by its own type for %s', async (_, decision, type, message) => {
    const { policy } = await start(decision);
    await expect(policy.decide(input)).rejects.toMatchObject({
      type,
      message: expect.stringContaining(message) as string,
    });
    await expect(policy.decide(input)).rejects.not.toThrow('secret');
  });

  it('passes on how long a busy server wants to be left alone', async () => {
    const { policy } = await start({ status: 429, headers: { 'retry-after': '3' }, body: {} });
    await expect(policy.decide(input)).rejects.toMatchObject({ type: 'PolicyUnavailable', retryAfterMs: 3000 });
  });

  it('waits where the server has not got its bundles yet, instead of believing that it knows nothing', async () => {
    const { script, policy } = await start({ body: {} });
    script.health = 500;
    await expect(policy.decide(input)).rejects.toMatchObject({ type: 'PolicyUnavailable' });
    expect(script.asked.at(-1)).toMatchObject({ method: 'GET', url: '/health?bundles=' });
  });
});

describe('an OPA server', () => {
  it('that is away at the start is told once, and noticed when it is there', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    try {
      const onError = vi.fn();
      const onReload = vi.fn();
      const { script, policy } = await start({ status: 503, body: {} }, { onError, onReload });
      expect([policy.ready, policy.revision]).toEqual([false, 'none']);
      await vi.advanceTimersByTimeAsync(10_000);
      script.decision = { body: { result: rejected, provenance: revision('r1') } };
      await vi.advanceTimersByTimeAsync(2_000);
      await vi.waitFor(() => {
        expect([policy.ready, policy.revision]).toEqual([true, 'r1']);
      });
      expect(onError).toHaveBeenCalledTimes(1);
      expect(onReload.mock.calls).toEqual([[{ revision: 'r1' }]]);
      const asked = script.asked.length;
      await vi.advanceTimersByTimeAsync(10_000);
      await policy.decide(input);
      expect(script.asked).toHaveLength(asked + 1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that gets another bundle is told with the first decision from it, and one that goes away stays ready', async () => {
    const onReload = vi.fn();
    const { script, policy } = await start({ body: { result: rejected, provenance: revision('r1') } }, { onReload });
    script.decision = { body: { result: rejected, provenance: revision('r2') } };
    await policy.decide(input);
    await policy.decide(input);
    expect(onReload.mock.calls).toEqual([[{ revision: 'r1' }], [{ revision: 'r2' }]]);
    script.decision = { status: 500, body: {} };
    await expect(policy.decide(input)).rejects.toMatchObject({ type: 'PolicyUnavailable' });
    expect(policy.ready).toBe(true);
  });
});

describe('the settings of the policy', () => {
  it.each([
    [{ engine: 'server' }, 'policy.server'],
    [{ engine: 'server', server: { url: 'http://127.0.0.1:8181' }, bundle: 'x.tar.gz' }, 'policy.bundle'],
    [{ engine: 'server', server: { url: 'http://127.0.0.1:8181', path: 'v1' } }, 'policy.server.path'],
    [{ engine: 'rego' }, 'policy.engine'],
  ])('%j are refused', (policy, key) => {
    const { error } = configSchema.safeParse({ policy });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([key]);
  });
});

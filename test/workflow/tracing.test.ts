import { trace } from '@opentelemetry/api';
import { ApplicationFailure } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { temporalRemediations } from '../../src/api/remediations/temporal-remediations.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { type RecordedSpans, recordSpans } from '../support/recorded-spans.ts';
import { FakeWorld } from './fake-world.ts';
import { runRemediation, type Running } from './run-remediation.ts';
import { unsigned } from '../support/orders.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const address = inject('temporalAddress');

async function untilEnd({ status, handle, result }: Running) {
  await expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS }).toBe('watching');
  await handle.signal(RESOLVED_SIGNAL, {});
  await result();
  return await handle.fetchHistory();
}

let recorded: RecordedSpans;
beforeEach(() => {
  recorded = recordSpans();
});
afterEach(async () => {
  await recorded.stop();
});

describe('a remediation that was started in a trace', () => {
  it('is one tree of spans, from the start to the outcome', async () => {
    const { tracing } = recorded;
    const { traceId } = await recorded.inSpan('webhook', () =>
      runRemediation({ address, world: new FakeWorld(), tracing }, untilEnd),
    );
    const spans = recorded.spans.filter((span) => span.spanContext().traceId === traceId);
    const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    const parents = new Map(
      spans.map((span) => [span.name, byId.get(span.parentSpanContext?.spanId ?? '')?.name ?? 'nobody']),
    );
    expect(parents.get('StartWorkflow:remediation')).toBe('webhook');
    expect(parents.get('RunWorkflow:remediation')).toBe('StartWorkflow:remediation');
    for (const activity of ['prepare', 'scale', 'verifyRemediation', 'notify']) {
      expect(parents.get(`RunActivity:${activity}`)).toBe(`StartActivity:${activity}`);
      expect(parents.get(`StartActivity:${activity}`)).toBe('RunWorkflow:remediation');
    }
    expect([...parents].filter(([name, parent]) => parent === 'nobody' && name !== 'webhook')).toEqual([]);
    const run = spans.find(({ name }) => name === 'RunWorkflow:remediation');
    expect(run?.attributes).toMatchObject({
      'mendloop.alert.name': 'OrderServiceCPUThrottling',
      'mendloop.target': 'default/production/Deployment/order-service',
      'mendloop.action': 'scale',
      'mendloop.mode': 'auto',
      'mendloop.outcome': 'remediated',
    });
  });

  it('can be looked up from the remediation', async () => {
    const { tracing } = recorded;
    const { traceId, result } = await recorded.inSpan('webhook', () =>
      runRemediation({ address, world: new FakeWorld(), tracing }, async (running) => {
        await untilEnd(running);
        const traceUrl = 'http://jaeger.example/trace/{traceId}';
        const remediations = temporalRemediations({
          client: running.client,
          sign: unsigned,
          cluster: 'default',
          traceUrl,
        });
        return await remediations.get(running.handle.workflowId);
      }),
    );
    expect(result?.links).toEqual({ trace: `http://jaeger.example/trace/${traceId}` });
  });

  it('has its activities exported while it still runs', async () => {
    const { tracing } = recorded;
    await recorded.inSpan('webhook', () =>
      runRemediation({ address, world: new FakeWorld(), tracing }, async (running) => {
        await expect.poll(async () => (await running.status()).step, { timeout: PATIENCE_MS }).toBe('watching');
        const names = recorded.spans.map(({ name }) => name);
        expect(names).toContain('RunActivity:scale');
        expect(names).toContain('StartActivity:scale');
        expect(names).not.toContain('RunWorkflow:remediation');
        await running.handle.cancel();
        await running.result().catch(() => undefined);
      }),
    );
  });

  it('names the trace with every milestone', async () => {
    const { tracing } = recorded;
    const { traceId, result: milestones } = await recorded.inSpan('webhook', () =>
      runRemediation({ address, world: new FakeWorld(), tracing }, async (running) => {
        await untilEnd(running);
        return running.milestones;
      }),
    );
    expect(milestones.map(({ milestone }) => milestone)).toEqual(['decided', 'acted', 'verified', 'resolved']);
    expect(new Set(milestones.map((event) => event.traceId))).toEqual(new Set([traceId]));
  });

  it('shows no secret that a failure holds', async () => {
    const { tracing } = recorded;
    const world = new FakeWorld({
      prepare: () =>
        Promise.reject(ApplicationFailure.nonRetryable('refused token=hunter2hunter2', 'KubernetesForbidden')),
    });
    await recorded.inSpan('webhook', () => runRemediation({ address, world, tracing }, ({ result }) => result()));
    const failed = recorded.spans.filter(({ name }) => name === 'RunActivity:prepare');
    expect(failed.length).toBeGreaterThan(0);
    const texts = JSON.stringify(failed.map(({ status, events }) => ({ status, events })));
    expect(texts).toContain('[redacted]');
    expect(texts).not.toContain('hunter2');
  });
});

describe('a remediation that was not', () => {
  it('leaves no span and no header in its history', async () => {
    const { tracing } = recorded;
    const history = await runRemediation({ address, world: new FakeWorld(), tracing }, untilEnd);
    expect(recorded.spans).toEqual([]);
    expect(JSON.stringify(history)).not.toContain('_tracer-data');
  });
});

describe('histories', () => {
  it.each([true, false])('replay the same whether tracing is on, begun with tracing %s', async (traced) => {
    const { tracing } = recorded;
    const run = () => runRemediation({ address, world: new FakeWorld(), tracing }, untilEnd);
    const history = traced ? (await recorded.inSpan('webhook', run)).result : await run();
    expect(trace.getActiveSpan()).toBeUndefined();
    await Worker.runReplayHistory({ workflowBundle: workflowBundle(packageRoot()) }, history);
  });
});

import { expect, it, vi } from 'vitest';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import type { PrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { selfCheck, type SelfCheckParts } from '../../../src/workers/self-check.ts';

const parts = <T>(of: () => Promise<T>) =>
  ({
    kubernetes: { get: of } as unknown as KubernetesClient,
    prometheus: { instantQuery: of } as unknown as PrometheusClient,
    audit: { list: of as unknown as SelfCheckParts['audit']['list'] },
    logger: { info: vi.fn(), warn: vi.fn() },
  }) satisfies Omit<SelfCheckParts, 'signal'>;

it('says once that all that remediations need answers', async () => {
  const all = parts(() => Promise.resolve([]));
  await selfCheck({ ...all, signal: new AbortController().signal });
  expect(all.logger.warn).not.toHaveBeenCalled();
  expect(all.logger.info).toHaveBeenCalledOnce();
});

it('names what does not answer', async () => {
  const all = parts(() => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer')));
  await selfCheck({ ...all, signal: new AbortController().signal });
  const named = all.logger.warn.mock.calls.map(([fields]) => (fields as { part: string }).part);
  expect(named.toSorted()).toEqual(['kubernetes', 'prometheus', 'store']);
  expect(all.logger.info).not.toHaveBeenCalled();
});

it('tells nothing any more when the worker has stopped', async () => {
  const all = parts(() => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer')));
  await selfCheck({ ...all, signal: AbortSignal.abort() });
  expect(all.logger.warn).not.toHaveBeenCalled();
});

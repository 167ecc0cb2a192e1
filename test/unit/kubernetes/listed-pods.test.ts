import { describe, expect, it } from 'vitest';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { isSelected } from '../../../src/clients/kubernetes/label-selector.ts';
import { ListedPods } from '../../../src/clients/kubernetes/listed-pods.ts';
import { sumPodRequests } from '../../../src/clients/kubernetes/sum-pod-requests.ts';
import { fakeCluster } from './fake-cluster.ts';

const pod = (name: string) => ({
  metadata: { name, labels: { app: 'api' } },
  spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] },
});

/** A cluster that answers lists of Pods with these pages, one after the other. */
function listing(...pages: readonly object[]): KubernetesClient {
  const left = [...pages];
  const { kubernetes } = fakeCluster();
  return {
    ...kubernetes,
    get: <T>() => {
      const page = left.shift();
      return page === undefined ? Promise.reject(new Error('no further page')) : Promise.resolve(page as T);
    },
  };
}

describe('Pods that were listed for a sum', () => {
  it('are known while the sum is taken, of that namespace alone', async () => {
    const listed = new ListedPods();
    const sum = sumPodRequests(listing({ items: [pod('a'), pod('b')] }), { namespace: 'shop' }, listed);
    expect(await listed.recent('shop')).toMatchObject([{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }]);
    expect(await listed.recent('bank')).toBeUndefined();
    expect(await sum).toMatchObject({ cpu: 2 });
  });

  it.each([
    ['they take several pages', [{ items: [pod('a')], metadata: { continue: 'more' } }, { items: [pod('b')] }]],
    ['the list fails', []],
  ])('are not known where %s', async (_what, pages) => {
    const listed = new ListedPods();
    const sum = sumPodRequests(listing(...pages), { namespace: 'shop' }, listed).catch(() => 'failed');
    expect(await listed.recent('shop')).toBeUndefined();
    await sum;
  });
});

describe('labels and a selector', () => {
  it.each([
    [{ matchLabels: { app: 'api' } }, true],
    [{ matchLabels: { app: 'web' } }, false],
    [{ matchLabels: { toString: 'x' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['api'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchLabels: { app: 'api' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
    [{}, true],
  ])('are compared as the API server does: %j %s', (selector, expected) => {
    expect(isSelected({ app: 'api' }, selector)).toBe(expected);
  });

  it('by an operator that is not known are refused', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'Near' }] };
    expect(() => isSelected({ app: 'api' }, selector)).toThrow('a selector by Near is not known here');
  });
});

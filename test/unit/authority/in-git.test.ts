import { describe, expect, it } from 'vitest';
import { inGitBy } from '../../../src/domain/authority/in-git.ts';
import type { SeenObject } from '../../../src/domain/authority/seen-object.ts';
import { aSeenObject } from '../../support/authority.ts';

describe('an object whose truth is in Git', () => {
  it.each<[string, Partial<SeenObject>, string]>([
    [
      'Argo CD, by its annotation',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/api' } },
      'Argo CD (annotation argocd.argoproj.io/tracking-id of Deployment shop/api)',
    ],
    ['Argo CD, by a label of its own', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD (label'],
    [
      'Argo CD, by its field manager',
      { managers: ['kubectl', 'argocd-controller'] },
      'field manager argocd-controller',
    ],
    [
      'Argo CD, by the label that it tracks by',
      { labels: { 'app.kubernetes.io/instance': 'shop' } },
      'Argo CD (label app.kubernetes.io/instance',
    ],
    ['Flux, by a Kustomization', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux (label kustomize'],
    ['Flux, by a HelmRelease', { labels: { 'helm.toolkit.fluxcd.io/name': 'api' } }, 'Flux (label helm.toolkit'],
    ['Flux, by its field manager', { managers: ['kustomize-controller'] }, 'Flux (field manager'],
    ['Config Sync', { annotations: { 'configsync.gke.io/resource-id': 'apps_deployment_shop_api' } }, 'Config Sync'],
    ['kapp', { labels: { 'kapp.k14s.io/app': '1' } }, 'kapp'],
    ['OLM', { labels: { 'olm.owner': 'operator.v1' } }, 'Operator Lifecycle Manager'],
  ])('is applied by %s', (_what, object, by) => {
    expect(inGitBy([aSeenObject(), aSeenObject(object)], 'app.kubernetes.io/instance')).toContain(by);
  });

  it.each<[string, Partial<SeenObject>]>([
    ['nothing says so', {}],
    ['a label says so by which Argo CD is not set to track', { labels: { 'app.kubernetes.io/name': 'shop' } }],
    [
      'Helm installed it',
      {
        labels: { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
        managers: ['helm'],
      },
    ],
    [
      'Flux was told to leave it',
      {
        labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' },
        annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' },
        managers: ['kustomize-controller'],
      },
    ],
    ['a label merely reads alike', { labels: { 'example.com/argocd.argoproj.io': 'x', 'toolkit.fluxcd.io/x': '1' } }],
  ])('is none where %s', (_what, object) => {
    expect(inGitBy([aSeenObject(object)])).toBeUndefined();
  });

  it('is Argo CD’s also where Helm made the manifests', () => {
    const object = aSeenObject({
      labels: { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'Helm' },
      managers: ['argocd-controller'],
    });
    expect(inGitBy([object])).toContain('Argo CD');
  });
});

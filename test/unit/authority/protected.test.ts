import { describe, expect, it } from 'vitest';
import type { Authority } from '../../../src/domain/authority/authority.ts';
import { protectedNamespace, protectionOf } from '../../../src/domain/authority/protected.ts';
import type { NamespaceFacts, SeenObject } from '../../../src/domain/authority/seen-object.ts';
import { anAuthority, aSeenObject } from '../../support/authority.ts';

const shop: NamespaceFacts = { name: 'shop', labels: {}, annotations: {} };

function protection(
  object: Partial<SeenObject>,
  {
    namespace = shop,
    authority = {},
    selector,
  }: {
    namespace?: NamespaceFacts;
    authority?: Partial<Authority>;
    selector?: Record<string, string>;
  } = {},
): string | undefined {
  return protectionOf({
    ...{ objects: [aSeenObject(), aSeenObject(object)], namespace, authority: anAuthority(authority) },
    backing: selector === undefined ? [] : [{ what: "the store's address pg.shop.svc", namespace: 'shop', selector }],
  });
}

describe('a protected namespace', () => {
  it.each([
    'kube-system',
    'kube-public',
    'kube-node-lease',
    'kube-flannel',
    'openshift',
    'openshift-etcd',
    'cattle-system',
  ])('is %s, by its name', (name) => {
    expect(protectedNamespace(name, anAuthority())).toBe(`Namespace ${name} is the cluster's own`);
  });

  it.each(['shop', 'kubernetes', 'kube', 'my-kube-system', 'openshifted', ''])('is not %j', (name) => {
    expect(protectedNamespace(name, anAuthority())).toBeUndefined();
  });

  it('is where Mendloop runs, and what the settings name', () => {
    const authority = anAuthority({ ownNamespace: 'ops', protectedNamespaces: ['vault', 'pci-*'] });
    expect(protectedNamespace('ops', authority)).toContain("Mendloop's own");
    expect(protectedNamespace('vault', authority)).toContain('targets.protectedNamespaces');
    expect(protectedNamespace('pci-cards', authority)).toContain('targets.protectedNamespaces');
  });

  it('is one that says so of itself', () => {
    const marked = { 'mendloop.dev/protected': 'true' };
    expect(protection({}, { namespace: { ...shop, labels: marked } })).toContain('Namespace shop is marked');
    expect(protection({}, { namespace: { ...shop, annotations: marked } })).toContain('Namespace shop is marked');
  });
});

describe('a protected object', () => {
  it.each<[string, Partial<SeenObject>, string]>([
    ['says so by a label', { labels: { 'mendloop.dev/protected': 'true' } }, 'is marked with mendloop.dev/protected'],
    ['says so by an annotation', { annotations: { 'mendloop.dev/protected': 'yes' } }, 'is marked'],
    [
      'keeps the cluster together',
      { priorityClass: 'system-cluster-critical' },
      'has priority system-cluster-critical',
    ],
    ['keeps its node together', { priorityClass: 'system-node-critical' }, 'has priority system-node-critical'],
    [
      'is a node of the control plane',
      { kind: 'Node', namespace: '', name: 'cp-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
      'Node cp-1 is of the control plane',
    ],
    ['is a static Pod', { kind: 'Pod', annotations: { 'kubernetes.io/config.mirror': 'x' } }, 'of the control plane'],
    ['is a Pod of the control plane', { podLabels: { tier: 'control-plane' } }, 'of the control plane'],
    ['is Mendloop', { labels: { 'app.kubernetes.io/name': 'mendloop' } }, 'what Mendloop rests on'],
    ['is Temporal', { podLabels: { 'app.kubernetes.io/name': 'temporal' } }, 'what Mendloop rests on'],
    ['belongs to Temporal', { labels: { 'app.kubernetes.io/part-of': 'temporal' } }, 'what Mendloop rests on'],
    ['lies in a namespace of the cluster', { namespace: 'kube-system' }, "Namespace kube-system is the cluster's own"],
  ])('%s', (_what, object, why) => {
    expect(protection(object)).toContain(why);
  });

  it('is what stands behind the address of Temporal or of the store', () => {
    const podLabels = { app: 'pg', role: 'primary', zone: 'a' };
    expect(protection({ podLabels }, { selector: { app: 'pg', role: 'primary' } })).toContain(
      "is behind the store's address pg.shop.svc",
    );
    expect(protection({ podLabels }, { selector: { app: 'pg', role: 'replica' } })).toBeUndefined();
    expect(protection({ podLabels, namespace: 'other' }, { selector: { app: 'pg' } })).toBeUndefined();
    expect(protection({ podLabels }, { selector: {} })).toBeUndefined();
  });

  it('is none that merely reads alike', () => {
    const labels = { 'app.kubernetes.io/name': 'temporal-shop', 'mendloop.dev/protected': 'false' };
    expect(protection({ labels, priorityClass: 'system-wide' })).toBeUndefined();
  });

  it('is no system Pod of a node where the settings let drains evict those, but Mendloop itself all the same', () => {
    const authority = { evictsSystemPods: true };
    const dns = {
      part: 'evicted',
      kind: 'Pod',
      namespace: 'kube-system',
      priorityClass: 'system-cluster-critical',
    } as const;
    expect(protection(dns)).toBeDefined();
    expect(protection(dns, { authority })).toBeUndefined();
    expect(protection({ ...dns, part: 'moved' }, { authority })).toBeDefined();
    expect(protection({ ...dns, labels: { 'app.kubernetes.io/name': 'mendloop' } }, { authority })).toBeDefined();
    expect(
      protection({ ...dns, namespace: 'ops' }, { authority: { ...authority, ownNamespace: 'ops' } }),
    ).toBeDefined();
  });
});

import { describe, expect, it } from 'vitest';
import { optInOf } from '../../../src/domain/authority/opt-in.ts';
import { ownershipOf } from '../../../src/domain/authority/ownership.ts';
import type { NamespaceFacts, SeenObject } from '../../../src/domain/authority/seen-object.ts';
import { anAuthority, aSeenObject } from '../../support/authority.ts';

const shop: NamespaceFacts = { name: 'shop', labels: {}, annotations: {} };
const own = (objects: readonly SeenObject[], namespace: NamespaceFacts = shop) =>
  ownershipOf({ objects, namespace, authority: anAuthority(), optedInBy: 'targets.namespaces' });

describe('the team and the owner of a target', () => {
  it.each<[string, Partial<SeenObject>, Partial<NamespaceFacts>, string]>([
    ['its label', { labels: { team: 'a' }, annotations: { team: 'b' } }, {}, 'label team of Deployment shop/api'],
    [
      'its annotation',
      { annotations: { team: 'a' } },
      { labels: { team: 'b' } },
      'annotation team of Deployment shop/api',
    ],
    [
      'its Pods',
      { podLabels: { team: 'a' } },
      { labels: { team: 'b' } },
      'label team of the Pods of Deployment shop/api',
    ],
    ['its namespace', { labels: { team: ' ' } }, { labels: { team: 'a' } }, 'label team of Namespace shop'],
    ['an annotation of its namespace', {}, { annotations: { team: 'a' } }, 'annotation team of Namespace shop'],
  ])('come from %s', (_what, object, namespace, by) => {
    expect(own([aSeenObject(object)], { ...shop, ...namespace }).team).toEqual({ name: 'a', by });
  });

  it('come from the end of the chain before the Pod that was named', () => {
    const pod = aSeenObject({ part: 'controller', kind: 'Pod', labels: { team: 'intruder', owner: 'eve' } });
    const { team, owner } = own([aSeenObject({ labels: { team: 'checkout' } }), pod]);
    expect(team?.name).toBe('checkout');
    expect(owner).toEqual({ name: 'eve', by: 'label owner of Pod shop/api' });
  });

  it('are not known where nothing names them, and no Pod of a node names them', () => {
    const pod = aSeenObject({ part: 'evicted', kind: 'Pod', labels: { team: 'a' } });
    expect(own([aSeenObject({ kind: 'Node', namespace: '', name: 'n' }), pod])).toEqual({
      optedInBy: 'targets.namespaces',
    });
  });
});

describe('opting in', () => {
  const target = { namespace: 'shop', kind: 'Deployment', name: 'api' };
  const node = { namespace: '', kind: 'Node', name: 'worker-1' };
  const none = anAuthority({ namespaces: [], nodes: [] });

  it('is off until it is said', () => {
    expect(optInOf({ target, labels: {}, authority: none })).toMatchObject({
      why: expect.stringContaining('Namespace shop is not opted in') as string,
    });
    expect(optInOf({ target: node, labels: {}, authority: none })).toMatchObject({
      why: expect.stringContaining('Node worker-1 is not opted in') as string,
    });
  });

  it.each([['shop'], ['sh*'], ['*']])('is said by the settings: %s', (pattern) => {
    const authority = anAuthority({ namespaces: [pattern], nodes: [] });
    expect(optInOf({ target, labels: {}, authority })).toEqual({ by: 'targets.namespaces' });
    expect(optInOf({ target: node, labels: {}, authority })).toMatchObject({ why: expect.any(String) as string });
  });

  it.each([['shopping'], ['hop*'], ['sho']])('is not said of others: %s', (pattern) => {
    expect(optInOf({ target, labels: {}, authority: { ...none, namespaces: [pattern] } })).not.toHaveProperty('by');
  });

  it('is said by the label, with its value', () => {
    const labels = (value: string) => ({ 'mendloop.dev/remediate': value });
    expect(optInOf({ target, labels: labels('enabled'), authority: none })).toEqual({
      by: 'label mendloop.dev/remediate=enabled of Namespace shop',
    });
    expect(optInOf({ target: node, labels: labels('enabled'), authority: none })).toEqual({
      by: 'label mendloop.dev/remediate=enabled of Node worker-1',
    });
    expect(optInOf({ target, labels: labels('disabled'), authority: none })).not.toHaveProperty('by');
  });
});

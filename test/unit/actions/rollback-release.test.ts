import { describe, expect, it } from 'vitest';
import type { Revision, RollbackSeen } from '../../../src/domain/actions/rollback_release/change.ts';
import { rollbackReleaseAction } from '../../../src/domain/actions/rollback_release/rollback-release.ts';
import { shownTemplate, templateChanges } from '../../../src/domain/actions/template-changes.ts';
import type { TemplateFacts } from '../../../src/domain/actions/template-facts.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };
const facts: TemplateFacts = {
  ...{ uid: 'u', labels: {}, wanted: 3, ready: 2, updated: 1, leaves: 2, complaints: [] },
  underWay: '1 of 3 Pods are of its newest template',
};
const DAY = 86_400_000;
const now = Date.parse('2026-11-29T08:00:00Z');

const revision = (number: number, more: Partial<Revision> = {}): Revision => ({
  ...{ number, name: `api-${number}`, createdAt: now - (10 - number) * DAY, template: `f${number}`, migration: '' },
  release: `f${number}`,
  unsized: more.release ?? `f${number}`,
  marks: {},
  changes: ['main: image shop/api:2 -> shop/api:1'],
  ...more,
});

function plan(seen: Partial<RollbackSeen> = {}, given: object = {}) {
  const parameters = rollbackReleaseAction.parameters.parse(given);
  const revisions = [revision(3), revision(2), revision(1)];
  const base = { target, objects: [], template: 'f', facts, revisions, newest: 'api-3', seenAt: now };
  return rollbackReleaseAction.plan({ target, parameters, seen: { ...base, ...seen } });
}

const refusal = (type: string, text: string) =>
  expect.objectContaining({ type, message: expect.stringContaining(text) as string }) as Error;

describe('rolling a release back', () => {
  it('goes to the revision before, also in the middle of a rollout, and is put back exactly', () => {
    expect(plan()).toMatchObject({
      title: 'roll back Deployment shop/api from revision 3 to 2',
      command: 'kubectl -n shop rollout undo deployment api --to-revision=2',
      manualUndo: 'kubectl -n shop rollout undo deployment api --to-revision=3',
      undo: 'exact',
      change: { from: { name: 'api-3', template: 'f3' }, to: { name: 'api-2', template: 'f2' } },
    });
    expect(plan().readings).toContainEqual({ name: 'what changes back', text: 'main: image shop/api:2 -> shop/api:1' });
    expect(plan({}, { toRevision: 1 })).toMatchObject({ change: { to: { name: 'api-1' } } });
    expect(plan({}, { toRevision: 3 })).toMatchObject({ isDone: true });
  });

  const restarted = (number: number, release: string, more: Partial<Revision> = {}) =>
    revision(number, { release, createdAt: now, ...more });

  it('goes past what was only restarted since, and takes the release for as old as it is', () => {
    const revisions = [restarted(4, 'f2'), restarted(3, 'f2'), revision(2), revision(1)];
    const seen = { newest: 'api-4', revisions };
    expect(plan(seen)).toMatchObject({ change: { from: { name: 'api-4' }, to: { name: 'api-1' } } });
    const parameters = rollbackReleaseAction.parameters.parse({});
    const asked = { target, parameters, seen: { target, objects: [], template: 'f', facts, seenAt: now, ...seen } };
    expect(rollbackReleaseAction.facts?.(asked)).toMatchObject({
      release: { from: { number: 4, createdAt: now - 8 * DAY }, to: { number: 1, createdAt: now - 9 * DAY } },
    });
  });

  it('goes past resources of the present release that were tried and taken back', () => {
    const taken = (more: Partial<Revision> = {}) => revision(3, { unsized: 'f2', createdAt: now, ...more });
    const present = restarted(4, 'f2', { createdAt: now - 8 * DAY });
    const revisions = [present, taken(), revision(1)];
    expect(plan({ newest: 'api-4', revisions })).toMatchObject({ change: { to: { name: 'api-1' } } });
    expect(() => plan({ newest: 'api-4', revisions: [present, taken()] })).toThrow(
      refusal('RevisionUnsuitable', 'there is no revision before 4'),
    );
    // Other resources that were there before are a release like any other; one that is asked for is gone to.
    const older = [present, taken({ createdAt: now - 9 * DAY }), revision(1)];
    expect(plan({ newest: 'api-4', revisions: older })).toMatchObject({ change: { to: { name: 'api-3' } } });
    expect(plan({ newest: 'api-4', revisions }, { toRevision: 3 })).toMatchObject({
      change: { to: { name: 'api-3' } },
    });
  });

  it.each<[string, Partial<RollbackSeen>, object]>([
    ['there is no revision before 2', { newest: 'api-2', revisions: [restarted(2, 'f1'), revision(1)] }, {}],
    ['9 days old', { newest: 'api-3', revisions: [revision(3), restarted(2, 'f1'), revision(1)] }, { maxAgeDays: 7 }],
    [
      'rolled back already',
      {
        newest: 'api-4',
        revisions: [restarted(4, 'f1'), revision(3, { release: 'f1', createdAt: now - 9 * DAY }), revision(2)],
      },
      {},
    ],
    ['there is no revision before 3', { revisions: [revision(3)] }, {}],
    ['there is no revision 7', {}, { toRevision: 7 }],
    ['8 days old', {}, { maxAgeDays: 7 }],
    [
      'a migration lies between',
      { revisions: [revision(3, { migration: '12' }), revision(2, { migration: '11' })] },
      {},
    ],
    ['a migration lies between', { revisions: [revision(3, { migration: '12' }), revision(2)] }, {}],
    ['no revision of it is its newest template', { newest: 'api-4' }, {}],
    [
      'rolled back already',
      { newest: 'api-4', revisions: [revision(4, { name: 'api-4', createdAt: now - 20 * DAY }), revision(3)] },
      {},
    ],
  ])('is refused where %s', (text, seen, given) => {
    expect(() => plan(seen, given)).toThrow(refusal('RevisionUnsuitable', text));
  });

  it('is refused where it cannot help, or would not reach the Pods', () => {
    const quota = 'pods "api-x" is forbidden: exceeded quota: full';
    expect(() => plan({ facts: { ...facts, quota } })).toThrow(refusal('QuotaExhausted', 'exceeded quota: full'));
    expect(() => plan({ facts: { ...facts, heldBack: 'it is paused' } })).toThrow(refusal('RolloutHeld', 'paused'));
    expect(() => plan({ facts: { ...facts, wanted: 0 } })).toThrow(refusal('ReplicaLimit', 'switched off'));
  });
});

describe('what a template changes', () => {
  const template = (container: object, more: object = {}) => ({
    metadata: { labels: { app: 'api' } },
    spec: { containers: [{ name: 'main', image: 'shop/api:2', ...container }], ...more },
  });

  it('is told by name; of images and resources with the values', () => {
    const from = template({
      env: [{ name: 'PASSWORD', value: 'hunter2' }],
      resources: { limits: { memory: '1Gi' } },
      args: ['--token=hunter2'],
    });
    const to = template(
      {
        image: 'shop/api:1',
        env: [
          { name: 'PASSWORD', value: 'hunter3' },
          { name: 'MODE', value: 'x' },
        ],
        args: [],
      },
      { serviceAccountName: 'api' },
    );
    const changes = templateChanges(from, to);
    expect(changes).toEqual([
      'main: image shop/api:2 -> shop/api:1',
      'main: env MODE changed',
      'main: env PASSWORD changed',
      'main: limits memory 1Gi -> none',
      'main: args changed',
      'serviceAccountName changed',
    ]);
    for (const text of [...changes, JSON.stringify([shownTemplate(from), shownTemplate(to)])])
      expect(text).not.toContain('hunter');
  });

  it('is nothing between equal ones, whatever the order of their members', () => {
    expect(templateChanges(template({ args: ['a'] }), { ...template({}), ...template({ args: ['a'] }) })).toEqual([]);
  });

  it('is bounded', () => {
    const env = Array.from({ length: 40 }, (_, index) => ({ name: `E${index}`, value: 'x' }));
    expect(templateChanges(template({}), template({ env })).length).toBeLessThan(15);
  });
});

import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import { diagnosisReads, isReading, permissions, reads } from '../../support/chart/permissions.ts';

const all = Object.entries(permissions).flatMap(([action, list]) => list.map((one) => ({ action, ...one })));

describe("the chart's permissions", () => {
  it('are those that the actions ask for, as Helm reads them', () => {
    const asked = Object.entries(ACTIONS).map(([name, action]) => [name, action.permissions]);
    expect(permissions).toEqual(Object.fromEntries(asked));
  });

  it('only read in what is given whatever the actions are', () => {
    const given = [...reads, ...diagnosisReads.always, ...diagnosisReads.logs];
    expect(given.flatMap(({ verbs }) => verbs).filter((verb) => !isReading(verb))).toEqual([]);
  });

  it('never reach what holds secrets, runs code in a Pod, or gives permissions', () => {
    const named = [...all, ...reads, ...diagnosisReads.always].flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
    );
    const forbidden = /^\/(secrets|serviceaccounts|pods\/(log|exec|attach|portforward|proxy))|^rbac\.|^admission/;
    // The log of a script of one's own is what it leaves.
    expect(named.filter((name) => forbidden.test(name))).toEqual(['/pods/log']);
    const logs = all.filter(({ resources }) => resources.includes('pods/log'));
    expect(logs.map(({ action, verbs }) => [action, verbs])).toEqual([['job', ['get']]]);
  });

  it('reach ConfigMaps only for the action that sets a key of one, one at a time', () => {
    const reaching = [...all, ...reads.map((one) => ({ action: 'always', ...one }))].filter(({ resources }) =>
      resources.includes('configmaps'),
    );
    expect(reaching.map(({ action, verbs }) => [action, verbs])).toEqual([['patch_configmap', ['get', 'patch']]]);
  });

  it('name fields only of what may be patched as a whole', () => {
    const withFields = all.filter(({ fields }) => fields !== undefined);
    expect(withFields.length).toBeGreaterThan(0);
    for (const { verbs, resources } of withFields) {
      expect(verbs).toContain('patch');
      expect(resources.filter((resource) => resource.includes('/'))).toEqual([]);
    }
  });
});

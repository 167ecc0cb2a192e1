import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import { isReading, only, permissions, reads, writableFields } from '../../support/chart/permissions.ts';

const all = Object.entries(permissions).flatMap(([action, list]) => list.map((one) => ({ action, ...one })));

describe("the chart's permissions", () => {
  it('are those that the actions ask for, as Helm reads them', () => {
    const asked = Object.entries(ACTIONS).map(([name, action]) => [name, action.permissions]);
    expect(permissions).toEqual(Object.fromEntries(asked));
  });

  it('only read in what is given whatever the actions are', () => {
    expect(reads.flatMap(({ verbs }) => verbs).filter((verb) => !isReading(verb))).toEqual([]);
  });

  it('never reach what holds secrets, runs code in a Pod, or gives permissions', () => {
    const named = [...all, ...reads].flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
    );
    const forbidden =
      /^\/(secrets|serviceaccounts|configmaps|pods\/(exec|attach|portforward|proxy))|^rbac\.|^admission/;
    expect(named.filter((name) => forbidden.test(name))).toEqual([]);
  });

  it('say for every kind that may be patched which fields may be', () => {
    const patched = only(all, 'writing')
      .filter(({ verbs }) => verbs.includes('patch') || verbs.includes('update'))
      .flatMap(({ resources }) => resources.filter((resource) => !resource.includes('/')));
    expect([...new Set(patched)].sort()).toEqual(Object.keys(writableFields).sort());
  });
});

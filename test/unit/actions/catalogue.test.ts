import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createActionEffects } from '../../../src/activities/actions/index.ts';
import { Undo } from '../../../src/domain/actions/contract.ts';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import { objectConditionSchema } from '../../../src/domain/plan/object-condition.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { fakeCluster } from '../kubernetes/fake-cluster.ts';

const names = Object.keys(ACTIONS);
const list = (folder: string) => readdirSync(join(packageRoot(), 'src', folder), { withFileTypes: true });

describe('the catalogue of actions', () => {
  it('is in the order of names', () => {
    expect(names).toEqual(names.toSorted());
  });

  it('has every folder, and no other entry', () => {
    const folders = list('domain/actions').filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).toSorted()).toEqual(names);
  });

  it('has an effects half for each entry, by its name, and no other', () => {
    const files = list('activities/actions')
      .map(({ name }) => name.replace(/\.ts$/, ''))
      .filter((name) => !['index', 'contract', 'catalogue'].includes(name));
    expect(files.toSorted()).toEqual(names);
    const effects = createActionEffects({ kubernetes: fakeCluster().kubernetes });
    expect(Object.keys(effects).toSorted()).toEqual(names);
  });
});

describe.each(Object.entries(ACTIONS))('%s', (key, action) => {
  it('is told under its own name, and what people read of it is there', () => {
    expect(action.name).toBe(key);
    expect(action.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const text of [action.summary, action.idempotence]) expect(text).toMatch(/^\S.{10,}\S$/);
    expect(action.version).toBeGreaterThanOrEqual(1);
    expect(action.kinds).not.toEqual([]);
  });

  it('says how it is undone if it can be, and only then; what is leased is put back exactly', () => {
    expect(action.compensation === undefined).toBe(action.undo === Undo.None);
    if (action.leasable) expect(action.undo).toBe(Undo.Exact);
  });

  it('says what holds when it has worked: the proof of a plan that names none', () => {
    // One field that is set is set at once, and put back exactly: whether it helps says what the plan wants it for.
    if (action.proof.length === 0) expect(action.undo).toBe(Undo.Exact);
    for (const condition of action.proof) expect(objectConditionSchema.parse(condition)).toEqual(condition);
  });

  it('asks for each permission once, and for no wildcard', () => {
    const wanted = action.permissions.flatMap(({ apiGroups, resources, verbs, scope }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${scope} ${verb} ${group}/${resource}`)),
      ),
    );
    expect(wanted).not.toEqual([]);
    expect(wanted).toEqual([...new Set(wanted)]);
    expect(wanted.filter((permission) => permission.includes('*'))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findDataFaults } from '../../../src/clients/policy/data/find-data-faults.ts';
import { policyDataSchema } from '../../../src/clients/policy/data/policy-data.ts';
import { policyJsonSchema } from '../../../src/clients/policy/data/policy-json-schema.ts';
import { refuseUnfitData } from '../../../src/clients/policy/data/refuse-unfit-data.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { schemasAt } from '../../../src/config/walk-schema.ts';
import { fullData } from './policy-data.ts';

type Mutable = Record<string, unknown>;
const at = (data: unknown, path: readonly PropertyKey[]) =>
  path.reduce<unknown>((here, key) => (here as Record<PropertyKey, unknown>)[key], data) as Mutable;

/** The messages for the data with a change. */
function faultsWith(change: (data: Mutable) => void): string[] {
  const data = structuredClone(fullData) as Mutable;
  change(data);
  return findDataFaults(data).map(({ message }) => message);
}
const put = (path: readonly string[], value: unknown) => (data: Mutable) => {
  at(data, path.slice(0, -1))[path.at(-1) ?? ''] = value;
};

/** Every key of the data that has a name of its own, with its path: not the names of services and the like. */
function knownKeys(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || path[0] === 'own' || path[2] === 'own') return [];
  const isNamed =
    !Array.isArray(value) && schemasAt(policyDataSchema, path).some((each) => each instanceof z.ZodObject);
  return Object.entries(value).flatMap(([key, child]) => [
    ...(isNamed ? [[...path, key]] : []),
    ...knownKeys(child, [...path, key]),
  ]);
}

describe('the data of a policy', () => {
  it('fits with every key that there is', () => {
    expect(findDataFaults(fullData)).toEqual([]);
    expect(findDataFaults({})).toEqual([]);
  });

  it.each([
    ['aproval', 'approval'],
    ['neighbors', 'neighbours'],
    ['guard', 'guards'],
    ['lese', 'lease'],
    ['slo', 'slos/data.yaml'],
    ['limit', 'limits/data.yaml'],
    ['Approval', 'approval'],
    ['budgets', 'budget'],
    ['runBook', 'runbook'],
    ['evidense', 'evidence'],
  ])('refuses %s of a service, and asks for %s', (typo, meant) => {
    expect(faultsWith(put(['services', 'cart', typo], {}))).toEqual([
      expect.stringMatching(`^services\\.cart\\.${typo} is not a known key.*did you mean ${meant}\\?$`),
    ]);
  });

  it.each([
    ['overrides.limits.maxReplica', 'maxReplicas'],
    ['overrides.services.cart.aproval', 'approval'],
    ['overrides.service', 'services'],
    ['limits.namespaces.pay.maxReplica', 'maxReplicas'],
    ['escalation.teams.pay.aproval', 'approval'],
    ['services.cart.approval.qorum', 'quorum'],
    ['services.cart.budget.whenUnknown.allowUpto', 'allowUpTo'],
    ['parameters.mine.aproval', 'approval'],
    ['catalogue.alerts.mixin.NodeFull.decison', 'decision'],
    ['catalogue.alerts.mixin.Throttled.plan.evidense', 'evidence'],
    ['slo', 'slos'],
    ['limit', 'limits'],
  ])('refuses %s, and asks for %s', (path, meant) => {
    expect(faultsWith(put(path.split('.'), {}))).toContain(`${path} is not a known key; did you mean ${meant}?`);
  });

  it.each([
    [{ kind: 'redy_left' }, '0.kind must be one of not_repeated, .*did you mean ready_left\\?'],
    [{ kind: 'ready_left', mn: 2 }, '0.mn is not a known key; did you mean min\\?'],
    [{ kind: 'ready_left', min: 0 }, '0.min must be at least 1'],
    [{ kind: 'not_repeated', withinSeconds: '1d' }, '0.withinSeconds must be a number of seconds: 86400 for 1d'],
    [{ kind: 'released_within' }, '0.hours is missing'],
    [{ kind: 'revision_younger_than', days: 30 }, '0.kind is not seen by restart, which is judged by not_repeated, .*'],
  ])('refuses the precondition %j wherever it stands', (wanted, message) => {
    const cure = { decision: 'cure', target: 'pod', cures: [{ action: 'restart', preconditions: [wanted] }] };
    const places: (readonly [string[], unknown, string])[] = [
      [['catalogue', 'alerts', 'mixin', 'NodeFull'], cure, 'catalogue.alerts.mixin.NodeFull.cures.0.preconditions'],
      [['overrides', 'catalogue', 'NodeFull'], cure, 'overrides.catalogue.NodeFull.cures.0.preconditions'],
      [['cures'], { preconditions: { restart: [wanted] } }, 'cures.preconditions.restart'],
      [['limits', 'preconditions'], { restart: [wanted] }, 'limits.preconditions.restart'],
    ];
    for (const [path, value, place] of places) {
      expect(faultsWith(put(path, value))).toEqual([
        expect.stringMatching(new RegExp(`^${place.replaceAll('.', '\\.')}\\.${message}$`)),
      ]);
    }
  });

  it('refuses preconditions of an action that is not there, and asks for the one that is', () => {
    const found = [
      ...faultsWith(put(['cures'], { preconditions: { restrat: [] } })),
      ...faultsWith(put(['limits', 'preconditions'], { restrat: [] })),
    ];
    expect(found).toEqual(
      ['cures', 'limits'].map((of) => `${of}.preconditions.restrat is not a known key; did you mean restart?`),
    );
  });

  it('refuses each of its keys with a letter less, more, or in another place', () => {
    const keys = knownKeys(fullData);
    expect(keys.length).toBeGreaterThan(120);
    for (const path of keys) {
      const parent = path.slice(0, -1);
      const key = path.at(-1) ?? '';
      const known = Object.keys(at(fullData, parent));
      for (const typo of [key.slice(1), `${key}s`, `${key.slice(0, 1)}${key}`, key.toUpperCase()]) {
        if (known.includes(typo)) continue;
        const found = faultsWith((data) => {
          const here = at(data, parent);
          here[typo] = here[key];
          Reflect.deleteProperty(here, key);
        });
        expect(found.join('\n'), [...parent, typo].join('.')).toContain(
          `${[...parent, typo].join('.')} is not a known key`,
        );
      }
    }
  });

  it.each([
    [['slos', 'cart', 'latency', 'thresholdSeconds'], '300ms', 'must be a number of seconds: 0.3 for 300ms'],
    [['defaults', 'deadlineSeconds'], '5m', 'must be a number of seconds: 300 for 5m'],
    [['services', 'cart', 'approval', 'deadlineSeconds'], '1h30m', 'must be a number of seconds: 5400 for 1h30m'],
    [['services', 'cart', 'budget', 'expectedHours'], '4h', 'must be a number of hours: 4 for 4h'],
    [['defaults', 'watchSeconds'], 'soon', 'must be number, is string'],
    [['defaults', 'window'], 60, 'must be a text, is a number: put it in quotes, or give its unit'],
    [['slos', 'cart', 'latency', 'quantile'], 0.95, 'must be a text, is a number: put it in quotes, or give its unit'],
    [['modes', 'mine'], false, 'must be one of off, observe, approve, auto'],
    [['services', 'cart', 'scale'], { add: 1 }, 'must be {replicas, allowDecrease?}, {add, max} or {factor, max}'],
    [['limits', 'maxReplicas'], 'many', 'must be number, is string'],
    [
      ['catalogue', 'alerts', 'mixin', 'NodeFull', 'decision'],
      'ingore',
      'must be one of human, ignore, scale, cure; did you mean ignore?',
    ],
    [
      ['catalogue', 'alerts', 'mixin', 'NodeFull', 'why'],
      'node',
      'names node, which is not there; did you mean nodes?',
    ],
    [
      ['catalogue', 'alerts', 'mixin', 'NodeFuller', 'as'],
      'NodeFul',
      'names NodeFul, which is not there; did you mean NodeFull?',
    ],
  ])('says of %j what it must be', (path, value, message) => {
    expect(faultsWith(put(path, value))).toEqual([`${path.join('.')} ${message}`]);
  });

  it('says which key is lacking', () => {
    expect(faultsWith(put(['services', 'stock'], {}))).toEqual(['services.stock.target is missing']);
    expect(faultsWith(put(['services', 'cart', 'target'], { namespace: 'shop', kind: 'Deployment' }))).toEqual([
      'services.cart.target.name is missing',
    ]);
    for (const more of [{}, { namespace: '' }]) {
      expect(faultsWith(put(['services', 'cart', 'target'], { kind: 'Deployment', name: 'cart', ...more }))).toEqual([
        'services.cart.target.namespace is missing: a Deployment is in one',
      ]);
    }
    expect(faultsWith(put(['services', 'cart', 'target'], { kind: 'Node', name: 'worker-1' }))).toEqual([]);
    expect(faultsWith(put(['slos', 'stock'], { latency: { quantile: '0.5' } }))).toEqual([
      'slos.stock.latency.thresholdSeconds is missing',
    ]);
  });

  it('may be given in parts: only what comes out must be whole', () => {
    const override = (value: object) => faultsWith(put(['overrides'], value));
    expect(override({ services: { cart: { evidence: { threshold: 0.9 } } } })).toEqual([]);
    expect(override({ services: { stock: { scale: { replicas: 2 } } } })).toEqual(['services.stock.target is missing']);
    expect(override({ services: { cart: { scale: { add: null } } } })).toEqual([
      'services.cart.scale must be {replicas, allowDecrease?}, {add, max} or {factor, max}',
    ]);
    expect(override({ limits: { maxReplicas: null } })).toEqual([
      'limits.maxReplicas is empty: give a value, or leave the key out',
    ]);
    expect(
      override({ catalogue: { Mine: { decision: 'scale', target: 'pod', plan: { evidence: { threshold: 1 } } } } }),
    ).toEqual(['overrides.catalogue.Mine.plan.evidence.signals is missing']);
  });

  it('has a place for what only rules of their own read', () => {
    expect(faultsWith(put(['holidays'], []))).toEqual([
      'holidays is not a known key: what only your own rules read stands below own (own/holidays/data.yaml)',
    ]);
    expect(faultsWith(put(['own', 'holidays'], []))).toEqual([]);
  });

  it('is refused when it is loaded, with the first faults', () => {
    expect(() => refuseUnfitData(fullData)).not.toThrow();
    const unfit = { services: { cart: { ...fullData.services.cart, aproval: {}, lese: {} } } };
    expect(() => refuseUnfitData(unfit)).toThrow(
      /its data does not fit: services\.cart\.aproval .* did you mean approval\?; services\.cart\.lese /,
    );
  });
});

describe('the published schema', () => {
  it('is what tools/policy-data-schema.ts writes', () => {
    const file = join(packageRoot(), 'schemas', 'policy-data.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
  });

  it('is as strict as the one that data is checked by', () => {
    const fromJson = z.fromJSONSchema(policyJsonSchema() as z.core.JSONSchema.JSONSchema);
    expect(fromJson.safeParse(fullData).error?.issues ?? []).toEqual([]);
    const { cart } = fullData.services;
    expect(fromJson.safeParse({ services: { cart: { ...cart, aproval: {} } } }).success).toBe(false);
    expect(fromJson.safeParse({ overrides: { limits: { maxReplica: 3 } } }).success).toBe(false);
    expect(fromJson.safeParse({ services: { cart: {} } }).success).toBe(false);
  });
});

describe('a key that is misspelt where another schema stands around it', () => {
  const service = Object.keys(fullData.services)[0] ?? '';
  it.each([
    [['services', service, 'target', 'namespac'], 'did you mean namespace?'],
    [['services', service, 'preconditions'], 'kin is not a known key; did you mean kind?', [{ kin: 'at_rest' }]],
    [['jbos'], 'did you mean jobs?'],
    [['limits', 'preconditions'], 'did you mean scale?', { scal: [] }],
  ] as const)('%j is told with what was meant', (path, said, value: unknown = 'x') => {
    expect(faultsWith(put(path, value)).join('\n')).toContain(said);
  });
});

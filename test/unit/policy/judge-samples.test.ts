import { describe, expect, it } from 'vitest';
import { judgeSamples } from '../../../src/clients/policy/lint/judge-samples.ts';
import type { Places } from '../../../src/clients/policy/lint/places.ts';
import type { Samples } from '../../../src/clients/policy/lint/read-samples.ts';
import { aPlan } from '../../support/plans.ts';

const places: Places = {
  rule: (name) => ({ file: `rules/${name}.rego`, line: 3 }),
  data: ([first, second]) =>
    first === 'overrides' ? undefined : { file: `${first}/data.yaml`, line: second === undefined ? 1 : 7 },
  entry: () => ({ file: 'catalogue/data.yaml', line: 5 }),
  problems: [],
};
const empty: Samples = {
  rules: {},
  unheard: [],
  catalogue: {},
  services: {},
  targets: {},
  slos: {},
  without_budget: {},
  modes: {},
};

const plan = aPlan({ runbookUrl: 'https://runbooks.example.com/sale' });
const planOf = (rule: string) => ({ verdict: 'plan', rule, plan, mode: 'auto' });
const rule = (decision: unknown, more: object = {}) => ({
  wants: { alertname: 'Sale' },
  samples: [{ labels: {}, decision, planned: true, ...more }],
});
const judge = (samples: Partial<Samples>, alerts: ReadonlySet<string> | undefined = new Set(['Sale'])) =>
  judgeSamples({ samples: { ...empty, ...samples }, places, alerts });

describe('a rule', () => {
  it('that plans for its example as it should has no finding', () => {
    expect(judge({ rules: { sale: rule(planOf('sale')) } })).toEqual([]);
  });

  it.each<[string, unknown, string, string]>([
    ['an answer in another shape', { ...planOf('sale'), plan: { ...plan, target: {} } }, 'answer', 'plan.target.kind'],
    ['no answer', undefined, 'answer', 'decision: '],
    ['an example that another rule decides', planOf('earlier'), 'example', 'decided by rule earlier'],
    [
      'an example that no rule decides',
      { verdict: 'reject', rule: '', reason: 'none' },
      'example',
      'decided by no rule',
    ],
    [
      'an example that it refuses',
      { verdict: 'reject', rule: 'sale', reason: 'not today' },
      'example',
      'refuses its own example: not today',
    ],
    [
      'a plan that the limits turn down',
      { verdict: 'human', rule: 'sale', reason: 'too much' },
      'example',
      'its plan is turned down: too much',
    ],
  ])('is told of %s, and where it stands', (_, decision, check, message) => {
    expect(judge({ rules: { sale: rule(decision) } })[0]).toEqual({
      severity: 'error',
      check,
      rule: 'sale',
      place: { file: 'rules/sale.rego', line: 3 },
      message: expect.stringContaining(message) as string,
    });
  });

  it('is told of a fault once, however many examples show it', () => {
    const weak = { ...planOf('sale'), plan: { ...plan, runbookUrl: undefined } };
    const { samples, wants } = rule(weak);
    expect(judge({ rules: { sale: { wants, samples: [...samples, ...samples] } } })).toHaveLength(1);
  });

  it('may leave its alert to a human', () => {
    const human = {
      verdict: 'human',
      rule: 'sale',
      reason: 'read first',
      runbookUrl: 'https://runbooks.example.com/sale',
    };
    expect(judge({ rules: { sale: rule(human, { planned: false }) } })).toEqual([]);
  });

  it('wants an alert that the rule files or the catalogue have', () => {
    const rules = { sale: rule(planOf('sale')) };
    expect(judge({ rules }, new Set(['Other']))).toMatchObject([{ check: 'alert', rule: 'sale' }]);
    expect(judge({ rules }, undefined)).toEqual([]);
    const entry = { verdict: 'reject', rule: 'catalogue/Sale', reason: 'no trouble' };
    expect(judge({ rules, catalogue: { Sale: rule(entry) } }, new Set())).toEqual([]);
  });

  it('wants an alert by its name, and one that wants nothing is never heard of', () => {
    const nameless = { sale: { ...rule(planOf('sale')), wants: { severity: 'critical' } } };
    expect(judge({ rules: nameless })).toMatchObject([{ check: 'wants', severity: 'error' }]);
    expect(judge({ unheard: ['helpers'] })).toMatchObject([{ check: 'wants', severity: 'warning', rule: 'helpers' }]);
  });
});

describe('the data', () => {
  it('of a service that may be scaled needs what proves a cure', () => {
    expect(judge({ services: { cart: { samples: [] } } })).toMatchObject([
      { check: 'example', rule: 'services/cart', place: { file: 'services/data.yaml', line: 7 } },
    ]);
    const { samples } = rule({ ...planOf('services/cart'), plan: { ...plan, budget: undefined } });
    expect(judge({ services: { cart: { samples } } })).toMatchObject([{ check: 'budget', rule: 'services/cart' }]);
    expect(judge({ services: { cart: { samples } }, without_budget: { cart: 'It is small.' } })).toEqual([]);
  });

  it('of the catalogue may say that there is nothing to do, and has one exemption for all', () => {
    const ignored = { verdict: 'reject', rule: 'catalogue/Watchdog', reason: 'a heartbeat' };
    const unpaid = { ...planOf('catalogue/Throttled'), plan: { ...plan, budget: undefined } };
    const catalogue = { Watchdog: rule(ignored), Throttled: rule(unpaid) };
    expect(judge({ catalogue })).toMatchObject([{ check: 'budget', rule: 'catalogue/Throttled', place: { line: 5 } }]);
    expect(judge({ catalogue, without_budget: { catalogue: 'A human approves.' } })).toEqual([]);
  });

  it('of modes holds modes, of rules that are there', () => {
    const rules = { sale: rule(planOf('sale')) };
    const catalogue = { Watchdog: rule({ verdict: 'reject', rule: 'catalogue/Watchdog', reason: 'a heartbeat' }) };
    const fine = { sale: 'observe', catalogue: 'off', 'catalogue/Watchdog': 'auto' };
    expect(judge({ rules, catalogue, modes: fine })).toEqual([]);
    expect(judge({ rules, modes: { sale: false } })).toMatchObject([
      { severity: 'error', check: 'mode', rule: 'sale' },
    ]);
    expect(judge({ rules, modes: { gone: 'auto', 'catalogue/Gone': 'off' } })).toMatchObject([
      { severity: 'warning', check: 'mode', rule: 'gone' },
      { severity: 'warning', check: 'mode', rule: 'catalogue/Gone' },
    ]);
  });

  it('with a reason for something that is gone is told as a warning', () => {
    expect(judge({ without_budget: { gone: 'It was small.', catalogue: 'x' } })).toMatchObject([
      { severity: 'warning', check: 'budget', place: { file: 'limits/data.yaml' } },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { checkDecision, type Standards } from '../../../src/clients/policy/lint/check-decision.ts';
import { type PolicyAnswer, policyAnswerSchema } from '../../../src/domain/decision.ts';
import { aPlan } from '../../support/plans.ts';

const plan = aPlan({ runbookUrl: 'https://runbooks.example.com/sale' });
const { verification } = plan;
const standards: Standards = {
  slos: { 'order-service': { latency: { thresholdSeconds: 0.2 }, errors: { maxRatio: 0.01 } } },
  targets: { 'order-service': { namespace: 'production', name: 'order-service' } },
  withoutBudget: undefined,
};

const planned = (overrides: object): PolicyAnswer =>
  policyAnswerSchema.parse({ verdict: 'plan', rule: 'sale', plan: { ...plan, ...overrides } });
const faults = (answer: PolicyAnswer, more: Partial<Standards> = {}) =>
  checkDecision(answer, { ...standards, ...more }).map(({ check, message }) => `${check}: ${message}`);
const objective = (more: object) =>
  planned({ verification: { ...verification, objective: { ...verification.objective, ...more } } });

describe('a plan', () => {
  it('that has all it needs is without fault, and so is one that only watches', () => {
    expect(faults(planned({}))).toEqual([]);
    expect(faults(policyAnswerSchema.parse({ verdict: 'observe', rule: 'sale', plan }))).toEqual([]);
  });

  it('needs a budget, or a reason to have none', () => {
    const unpaid = planned({ budget: undefined });
    expect(faults(unpaid)).toEqual(['budget: has no budget, and limits.withoutBudget has no reason for it']);
    expect(faults(unpaid, { withoutBudget: ' ' })).toHaveLength(1);
    expect(faults(unpaid, { withoutBudget: 'It is small.' })).toEqual([]);
  });

  it('needs a runbook', () => {
    expect(faults(planned({ runbookUrl: undefined }))).toEqual([expect.stringMatching(/^runbook: names no runbook/)]);
  });

  it('needs an action that can be undone, or a human who allows it', () => {
    const actions = { scale: { compensation: undefined } };
    expect(faults(planned({}), { actions })).toEqual([
      'compensation: action scale cannot be undone, and the plan asks for no approval',
    ]);
    expect(faults(planned({ approval: {} }), { actions })).toEqual([]);
  });

  it.each([
    [
      'the objective',
      {
        verification: { ...verification, objective: { ...verification.objective, query: { expr: 'sum(', vars: {} } } },
      },
    ],
    [
      'neighbour stock',
      { verification: { ...verification, neighbours: [{ name: 'stock', query: { expr: 'up{a=$a}', vars: {} } }] } },
    ],
    [
      'signal traffic',
      {
        evidence: {
          threshold: 0.5,
          signals: [{ name: 'traffic', source: { kind: 'prometheus', query: { expr: '1', vars: {} } } }],
        },
      },
    ],
    ["the lease's load", { lease: { load: { name: 'load', query: { expr: 'up', vars: { unused: 'x' } } } } }],
  ])('is told of a query of %s that cannot be asked', (name, overrides) => {
    expect(faults(planned(overrides))).toEqual([expect.stringContaining(`query: ${name}: `)]);
  });

  it('leaves the queries of Loki and Jaeger to them', () => {
    const signals = [
      { name: 'logs', source: { kind: 'loki', query: { expr: 'sum(rate({app="x"} |= "timeout" [1m]))', vars: {} } } },
      { name: 'traces', source: { kind: 'jaeger', service: 'x', measure: 'error_ratio' } },
    ];
    expect(faults(planned({ evidence: { threshold: 0.5, signals } }))).toEqual([]);
  });

  it('needs the time to be proven', () => {
    const slow = planned({ verification: { ...verification, deadlineSeconds: 7 } });
    expect(faults(slow)).toEqual([
      'provable: no cure can be proven: a window of 5 s and 3 samples 1 s apart take 7 s, and the deadline is 7 s',
    ]);
    expect(faults(planned({ verification: { ...verification, deadlineSeconds: 7.1 } }))).toEqual([]);
  });
});

describe('the objective of a plan', () => {
  it('must not be weaker than the SLO of the service that it scales, or asks about', () => {
    const weak = ['slo: the objective allows 0.25 s, the SLO of order-service only 0.2'];
    expect(faults(objective({ threshold: 0.25 }))).toEqual(weak);
    expect(faults(objective({ threshold: 0.25 }), { targets: {} })).toEqual(weak);
    const constant = { expr: 'latency_seconds', vars: {} };
    expect(faults(objective({ threshold: 0.25, query: constant }))).toEqual(weak);
    expect(faults(objective({ threshold: 0.25, query: constant }), { targets: {} })).toEqual([]);
  });

  it('may be stronger, of another unit, or of another service', () => {
    expect(faults(objective({ threshold: 0.1 }))).toEqual([]);
    expect(faults(objective({ threshold: 90, unit: 'req/s' }))).toEqual([]);
    expect(faults(objective({ threshold: 0.5, comparison: '>=' }))).toEqual([]);
    expect(faults(objective({ threshold: 0.25 }), { slos: { stock: { latency: { thresholdSeconds: 0.1 } } } })).toEqual(
      [],
    );
    expect(faults(objective({ threshold: 0.25 }), { slos: {} })).toEqual([]);
  });

  it('is held against the SLO of its own kind', () => {
    expect(faults(objective({ threshold: 0.02, unit: 'ratio' }))).toEqual([
      'slo: the objective allows 0.02 ratio, the SLO of order-service only 0.01',
    ]);
  });

  it('is held against it in milliseconds and percent, too', () => {
    expect(faults(objective({ threshold: 250, unit: 'ms' }))).toEqual([
      'slo: the objective allows 250 ms, the SLO of order-service only 200',
    ]);
    expect(faults(objective({ threshold: 200, unit: 'ms' }))).toEqual([]);
    expect(faults(objective({ threshold: 2, unit: '%' }))).toEqual([
      'slo: the objective allows 2 %, the SLO of order-service only 1',
    ]);
  });

  it('is not found too weak by the error of a multiplication', () => {
    const slos = { 'order-service': { latency: { thresholdSeconds: 4.1 }, errors: { maxRatio: 0.057 } } };
    expect(faults(objective({ threshold: 5.7, unit: '%' }), { slos })).toEqual([]);
    expect(faults(objective({ threshold: 4100, unit: 'ms' }), { slos })).toEqual([]);
  });
});

it('a word for a human needs a runbook, and a refusal nothing', () => {
  const human = { verdict: 'human' as const, rule: 'sale', reason: 'read first' };
  expect(faults(human)).toHaveLength(1);
  expect(faults({ ...human, runbookUrl: 'https://runbooks.example.com/sale' })).toEqual([]);
  expect(faults({ verdict: 'reject', rule: 'sale', reason: 'no' })).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../src/clients/flags/flag-file.ts';
import { setStage, stageInFlags } from '../../../src/domain/promotion/flag-document.ts';
import { type StageName, stageNames } from '../../../src/domain/promotion/stage.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { flagFile } from '../flags/flag-files.ts';

const example: unknown = JSON.parse(readFileSync(join(packageRoot(), 'examples/config/flags.example.json'), 'utf8'));
const rule = 'order_service_cpu_throttling';

/** The mode by flagd's own evaluator. */
function modeOf(document: unknown, context: Record<string, string>): unknown {
  const flags = readFlags('flags.json', JSON.stringify(document));
  return flags.resolveStringEvaluation('mendloop-mode', '', { targetingKey: 'a', namespace: 'b', ...context }).value;
}

/** Targets of a thousand that a rule may heal without asking. */
function autos(document: unknown, by: string): string[] {
  const flags = readFlags('flags.json', JSON.stringify(document));
  const targets = Array.from({ length: 1000 }, (_, index) => `default/production/Deployment/service-${index}`);
  return targets.filter((targetingKey) => {
    const context = { rule: by, targetingKey, namespace: 'production' };
    return flags.resolveStringEvaluation('mendloop-mode', '', context).value === 'auto';
  });
}

describe('the stage of a rule in a flag file', () => {
  it('is read from the example', () => {
    expect(stageInFlags(example, rule)).toBe('auto-5');
    expect(stageInFlags(example, 'pod_cpu_throttling')).toBe('approve');
    expect(stageInFlags(example, 'new_rule')).toBeUndefined();
  });

  it.each(stageNames)('%s is read as it was written', (stage) => {
    const { document } = setStage(example, { rule: 'new_rule', stage });
    expect(stageInFlags(document, 'new_rule')).toBe(stage);
  });

  it.each([
    ['no targeting', undefined],
    ['empty targeting', {}],
    [
      'another shape',
      {
        fractional: [
          ['auto', 50],
          ['observe', 50],
        ],
      },
    ],
    ['a plain if', { if: [{ '===': [{ var: 'namespace' }, 'b'] }, 'approve', 'observe'] }],
    ['a branch that cannot be read', { if: [{ '===': [{ var: 'rule' }, rule] }, { if: [true, 'auto'] }] }],
  ])('is unknown with %s', (_, targeting) => {
    expect(stageInFlags(JSON.parse(flagFile(targeting)), rule)).toBeUndefined();
  });

  it('is refused for a file without the flag', () => {
    expect(() => stageInFlags({ flags: {} }, rule)).toThrow();
    expect(() => setStage([], { rule, stage: 'auto' })).toThrow();
  });
});

describe('a change of stage', () => {
  it('is what flagd evaluates', () => {
    for (const stage of ['off', 'observe', 'approve', 'auto'] as const) {
      const { document } = setStage(example, { rule: 'new_rule', stage });
      expect(modeOf(document, { rule: 'new_rule' })).toBe(stage);
    }
  });

  it('grows the canary without dropping a target', () => {
    const at = (stage: StageName) => autos(setStage(example, { rule, stage }).document, rule);
    const [few, half, all] = [at('auto-5'), at('auto-50'), at('auto')];
    expect(half).toEqual(expect.arrayContaining(few));
    expect(all).toHaveLength(1000);
    // Fixed by the hash, so that these hold or fail for ever.
    expect(Math.abs(few.length - 50)).toBeLessThan(35);
    expect(Math.abs(half.length - 500)).toBeLessThan(80);
  });

  it('gives each rule canaries of its own', () => {
    const both = setStage(setStage(example, { rule: 'a', stage: 'auto-5' }).document, { rule: 'b', stage: 'auto-5' });
    expect(autos(both.document, 'a')).not.toEqual(autos(both.document, 'b'));
  });

  it('is made in its place, and touches nothing else', () => {
    const { document, before } = setStage(example, { rule, stage: 'auto-50' });
    expect(before).toEqual({
      fractional: [{ cat: [{ var: 'rule' }, ' ', { var: 'targetingKey' }] }, ['auto', 5], ['approve', 95]],
    });
    const text = JSON.stringify(document);
    expect(text).toBe(JSON.stringify(example).replace('["auto",5],["approve",95]', '["auto",50],["approve",50]'));
  });

  it('of a new rule goes behind what holds already', () => {
    const { document, before } = setStage(example, { rule: 'new_rule', stage: 'auto' });
    expect(before).toBeUndefined();
    expect(modeOf(document, { rule: 'new_rule', namespace: 'kube-system' })).toBe('off');
    expect(modeOf(document, { rule: 'new_rule', service: 'payment-gateway' })).toBe('approve');
    expect(modeOf(document, { rule: 'other' })).toBe('observe');
  });

  it.each([
    ['a last value', { if: [{ '===': [{ var: 'namespace' }, 'b'] }, 'off', 'approve'] }, 'off', 'approve'],
    ['only a last value', { if: ['approve'] }, 'auto', 'approve'],
    ['another operator', { fractional: [{ var: 'targetingKey' }, ['approve', 100]] }, 'auto', 'approve'],
    ['nothing', undefined, 'auto', 'observe'],
    ['an empty object', {}, 'auto', 'observe'],
  ])('leaves %s to the other rules', (_, targeting, mine, others) => {
    const { document } = setStage(JSON.parse(flagFile(targeting)), { rule, stage: 'auto' });
    expect(modeOf(document, { rule })).toBe(mine);
    expect(modeOf(document, { rule: 'other', namespace: 'x' })).toBe(others);
  });

  it('takes the name of a rule for data', () => {
    const name = '"}] { "if": \\ __proto__ \u202e';
    const { document } = setStage(example, { rule: name, stage: 'auto' });
    expect(modeOf(document, { rule: name })).toBe('auto');
    expect(stageInFlags(document, name)).toBe('auto');
  });
});

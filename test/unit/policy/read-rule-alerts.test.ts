import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readRuleAlerts } from '../../../src/clients/policy/coverage/read-rule-alerts.ts';

const groups = (...rules: object[]) => ({ groups: [{ name: 'g', rules }] });
const prometheusRule = (...rules: object[]) => ({ kind: 'PrometheusRule', spec: groups(...rules) });
const text = (...documents: unknown[]) => documents.map((one) => stringify(one)).join('---\n');
const read = (content: string) => readRuleAlerts([{ name: 'rules.yml', text: content }]);

it.each([
  ['a rule file', text(groups({ alert: 'A', labels: { severity: 'page' } }))],
  ['a PrometheusRule', text(prometheusRule({ alert: 'A', labels: { severity: 'page' } }))],
  ['JSON', JSON.stringify(groups({ alert: 'A', labels: { severity: 'page' } }))],
  [
    'a list, as kubectl gives it',
    text({ kind: 'List', items: [prometheusRule({ alert: 'A', labels: { severity: 'page' } })] }),
  ],
  [
    'one of several documents',
    text({ kind: 'Service' }, null, groups({ record: 'r' }, { alert: 'A', labels: { severity: 'page' } })),
  ],
])('%s is read', (_, content) => {
  expect(read(content).alerts).toEqual([{ alert: 'A', labels: { severity: 'page' }, from: 'rules.yml' }]);
});

it('what a series would fill in is no label of the rule', () => {
  const [alert] = read(
    text(groups({ alert: 'A', labels: { severity: 'page', pod: '{{ $labels.pod }}', tier: 1 } })),
  ).alerts;
  expect(alert?.labels).toEqual({ severity: 'page', tier: '1' });
});

it('tells what is no YAML by its line, and what has no rules', () => {
  expect(read('groups:\n  - name: [a\n')).toMatchObject({
    alerts: [],
    problems: [{ name: 'rules.yml', line: 3 }],
    empty: [],
  });
  expect(read(text({ kind: 'Service' }))).toMatchObject({ problems: [], empty: ['rules.yml'] });
  expect(read('')).toMatchObject({ problems: [], empty: ['rules.yml'] });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { consequenceOf } from '../../src/domain/decision/consequence.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { alertsOf, readFacts, withOurValues } from '../../tools/kube-prometheus-stack/alerts.ts';
import { type Decided, decideAll } from '../../tools/kube-prometheus-stack/decide.ts';
import { renderPage } from '../../tools/kube-prometheus-stack/render-page.ts';

const root = packageRoot();

describe("kube-prometheus-stack's default alerts", () => {
  const { version, alerts } = readFacts(root);
  let stock: Decided[];
  let ours: Decided[];

  beforeAll(async () => {
    const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
    stock = await decideAll(opa.path, root, alerts);
    ours = await decideAll(opa.path, root, withOurValues(root, alerts));
  });
  const of = (all: readonly Decided[], name: string) => all.filter(({ alert }) => alert === name);

  it('are on a page as the policy decides them: node tools/kube-prometheus-stack/write-page.ts', async () => {
    const page = await readFile(join(root, 'docs', 'kube-prometheus-stack.md'), 'utf8');
    expect(page).toBe(renderPage({ version, stock, ours }));
  });

  it('are known one and all: none of them falls through the policy as an alert that nobody has heard of', () => {
    const unknown = stock.filter(({ shipped: { verdict, rule } }) => verdict === 'reject' && rule === '');
    expect(unknown.map(({ alert }) => alert)).toEqual([]);
  });

  it('are acted on with our values, once turned on, where the stack by itself would let nothing happen', () => {
    const [before] = of(stock, 'CPUThrottlingHigh');
    const [after] = of(ours, 'CPUThrottlingHigh');
    expect([before?.severity, before && consequenceOf(before.turnedOn)]).toEqual(['info', 'watched']);
    expect([after?.severity, after && consequenceOf(after.turnedOn)]).toEqual(['warning', 'asked']);
    expect(after && consequenceOf(after.shipped)).toBe('watched');
  });

  it('are acted on by none of the rules before somebody has turned them on', () => {
    const acted = ours.filter(({ shipped }) => ['healed', 'asked'].includes(consequenceOf(shipped)));
    expect(acted).toEqual([]);
  });
});

it('the alerts of what Helm renders are read each once, with severity and window', () => {
  const rule = (alert: string, more: object = {}) => ({ alert, expr: 'vector(1)', ...more });
  const documents = [
    { kind: 'Service', spec: {} },
    {
      kind: 'PrometheusRule',
      spec: {
        groups: [
          { name: 'a', rules: [rule('A', { for: '3m', labels: { severity: 'info' } }), { record: 'r', expr: '1' }] },
          { name: 'b', rules: [rule('A', { for: '3m', labels: { severity: 'info' } }), rule('B')] },
        ],
      },
    },
  ];
  expect(alertsOf(documents.map((one) => stringify(one)).join('---\n'))).toEqual([
    { alert: 'A', severity: 'info', for: '3m' },
    { alert: 'B', severity: 'none', for: '0s' },
  ]);
});

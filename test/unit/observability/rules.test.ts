import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/local/package-root.ts';

const folder = join(packageRoot(), 'observability', 'prometheus');
const read = (name: string): unknown => parse(readFileSync(join(folder, name), 'utf8'));

describe.each(['mendloop', 'remediation'])('the rules of %s', (name) => {
  it('are the same as a plain file and as a PrometheusRule', () => {
    const twin = read(`${name}.prometheusrule.yaml`) as { apiVersion: string; kind: string; spec: unknown };
    expect(twin).toMatchObject({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' });
    expect(twin.spec).toEqual(read(`${name}.rules.yml`));
  });
});

describe('the rules about Mendloop', () => {
  interface Rule {
    alert?: string;
    labels?: { severity?: string };
    annotations?: { summary?: string; description?: string };
  }
  const { groups } = read('mendloop.rules.yml') as { groups: { rules: Rule[] }[] };
  const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);

  it.each(alerts)('$alert says how bad it is, what is wrong and what that means', ({ labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/\S/);
    expect(annotations?.description).toMatch(/\S/);
  });

  it('are tested, each where it fires', () => {
    const { tests } = read('mendloop.rules.test.yml') as {
      tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const fired = tests
      .flatMap(({ alert_rule_test: cases = [] }) => cases)
      .filter(({ exp_alerts: expected }) => expected.length > 0)
      .map(({ alertname }) => alertname);
    expect(new Set(fired)).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });
});

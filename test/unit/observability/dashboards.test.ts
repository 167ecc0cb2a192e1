import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { dashboards, DASHBOARDS_FOLDER, render } from '../../../tools/dashboards/index.ts';
import { filledIn, panelQueries, parseDashboard } from '../../support/observability/panel-queries.ts';

const folder = join(packageRoot(), DASHBOARDS_FOLDER);

describe('the dashboards', () => {
  it('are the ones that their source makes', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(dashboards).sort());
    for (const [name, build] of Object.entries(dashboards)) {
      const file = readFileSync(join(folder, name), 'utf8');
      expect(file === render(build()), `${name} is old: node tools/dashboards/generate.ts`).toBe(true);
    }
  });

  it.each(Object.keys(dashboards))('%s: every panel says what it is about, and asks the chosen Prometheus', (name) => {
    const { panels, uid, templating } = parseDashboard(readFileSync(join(folder, name), 'utf8'));
    expect(uid).toMatch(/^mendloop-/);
    expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    const shown = panels.filter(({ type }) => type !== 'row');
    expect(shown.length).toBeGreaterThan(4);
    expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
    for (const panel of shown) {
      expect(panel['description'], panel.title).toMatch(/\S.*\.$/s);
      expect(panel['datasource']).toEqual({ type: 'prometheus', uid: '$datasource' });
      expect(panel.targets.length, panel.title).toBeGreaterThan(0);
    }
  });

  it.each(Object.keys(dashboards))('%s: no query asks for a variable that it does not have', (name) => {
    const parsed = parseDashboard(readFileSync(join(folder, name), 'utf8'));
    const own = parsed.templating.list.map((variable) => [variable.name, 'x'] as const);
    const variables = { ...Object.fromEntries(own), __rate_interval: '1m', __range: '1h' };
    for (const { expr } of panelQueries(parsed)) expect(filledIn(expr, variables)).not.toContain('$');
  });
});

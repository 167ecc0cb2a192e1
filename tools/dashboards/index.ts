import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { loopDashboard } from './loop.ts';
import { serviceDashboard } from './service.ts';

/** Where the generated files are, below the package's root. */
export const DASHBOARDS_FOLDER = 'observability/grafana/dashboards';

/** Every dashboard by its file's name. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  'mendloop-loop.json': loopDashboard,
  'mendloop-service.json': serviceDashboard,
};

/** The content of a dashboard's file. */
export function render(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

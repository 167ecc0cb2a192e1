import { z } from 'zod';

const target = z.looseObject({ expr: z.string(), refId: z.string() });
const panel = z.looseObject({ title: z.string(), type: z.string(), targets: z.array(target).default([]) });
const dashboard = z.looseObject({
  title: z.string(),
  panels: z.array(panel),
  annotations: z.object({
    list: z.array(z.looseObject({ name: z.string(), expr: z.string().optional() })).default([]),
  }),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), type: z.string() })) }),
});

export type ParsedDashboard = z.infer<typeof dashboard>;

export function parseDashboard(json: string): ParsedDashboard {
  return dashboard.parse(JSON.parse(json));
}

export interface PanelQuery {
  readonly where: string;
  readonly expr: string;
}

/** Every query of every panel. */
export function panelQueries({ title, panels }: ParsedDashboard): PanelQuery[] {
  return panels.flatMap(({ title: name, targets }) =>
    targets.map(({ expr, refId }) => ({ where: `${title} / ${name} / ${refId}`, expr })),
  );
}

/** A query with Grafana's variables filled in. @throws Error for a variable that is not known. */
export function filledIn(expr: string, variables: Readonly<Record<string, string>>): string {
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`$${name} has no value here: ${expr}`);
    return value;
  });
}

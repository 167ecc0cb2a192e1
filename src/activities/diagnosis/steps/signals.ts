import { renderQuery } from '../../../domain/query/promql.ts';
import type { DiagnosisStep } from '../step.ts';
import type { Scene } from '../scene.ts';
import type { DiagnosedQuery } from '../request.ts';

/** What the plan's queries give now, each with its text, so that it can be asked again. */
export const signals: DiagnosisStep = async (scene) => {
  const { queries = [] } = scene.asked;
  return { lines: await Promise.all(queries.map((query) => ask(scene, query))) };
};

async function ask({ prometheus, signal }: Scene, { name, unit = '', query, wanted }: DiagnosedQuery): Promise<string> {
  const expr = renderQuery(query);
  const answer = await prometheus.instantQuery(expr, { signal });
  const values =
    answer.resultType === 'vector'
      ? answer.result.map(({ value }) => value?.value)
      : answer.resultType === 'scalar'
        ? [answer.result.value]
        : [];
  const shown = values
    .slice(0, 3)
    .map((value) => `${value === undefined ? 'no number' : Number(value.toPrecision(4))} ${unit}`.trim());
  const more = values.length > 3 ? ` and ${values.length - 3} more series` : '';
  const now = shown.length === 0 ? 'no series' : shown.join(', ');
  return `${name}: ${now}${more}${wanted === undefined ? '' : ` (wanted ${wanted})`}; ${expr}`;
}

import { RESTARTED_BY } from '../../domain/actions/restart/change.ts';
import type { TemplateObject } from '../../domain/actions/template-facts.ts';
import type { JsonPatch } from './kubernetes-client.ts';
import { pointer } from './template-workload.ts';

/** Who has restarted the workload last, as far as it was Mendloop. */
export function restartedBy({ spec }: TemplateObject): string | undefined {
  return spec?.template?.metadata?.annotations?.[RESTARTED_BY];
}

/** Gives the template an annotation, so that all of its Pods are replaced. */
export function restartPatch({ spec }: TemplateObject, by: string): JsonPatch {
  const annotations = ['spec', 'template', 'metadata', 'annotations'];
  return [
    ...(spec?.template?.metadata === undefined
      ? [{ op: 'add', path: pointer('spec', 'template', 'metadata'), value: {} } as const]
      : []),
    ...(spec?.template?.metadata?.annotations === undefined
      ? [{ op: 'add', path: pointer(...annotations), value: {} } as const]
      : []),
    { op: 'add', path: pointer(...annotations, RESTARTED_BY), value: by },
  ];
}

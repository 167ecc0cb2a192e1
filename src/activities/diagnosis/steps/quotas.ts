import { describeQuotas, type DiagnosedQuota } from '../../../domain/diagnosis/describe-quotas.ts';
import type { DiagnosisStep } from '../step.ts';

/** How full the quotas of the namespace are. */
export const quotas: DiagnosisStep = async ({ kubernetes, target }) => {
  const namespace = target.kind === 'Namespace' ? target.name : target.namespace;
  if (namespace === '') return { lines: [] };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/resourcequotas`;
  const { items } = await kubernetes.get<{ items: DiagnosedQuota[] }>(path);
  return describeQuotas(items);
};

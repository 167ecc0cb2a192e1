import { HELD_BY } from './hold-target.ts';
import type { Job } from './job.ts';

/** Label that says how often a Job was run again before. */
const RETRIES = 'mendloop.dev/retries';

/** What the API server and the Job controller give a Job so that it finds its own Pods. Source: `pkg/registry/batch/job`. */
const OF_ITS_CONTROLLER = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
];

/** Annotations that are about the failed one alone. */
const OF_ITSELF = ['kubectl.kubernetes.io/last-applied-configuration', 'batch.kubernetes.io/job-tracking', HELD_BY];

export function retriesOf({ metadata }: Job): number {
  const text = metadata?.labels?.[RETRIES] ?? '0';
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}

/** Of the spec: what is given anew. */
const OF_ITS_RUN = ['selector', 'manualSelector', 'suspend', 'template'];

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

interface Copy {
  readonly name: string;
  readonly retries: number;
  readonly remediationId: string;
}

/** A Job that does the same: with its owner and its labels, but for those by which it finds its own Pods. */
export function copyOf({ metadata, spec }: Job, { name, retries, remediationId }: Copy): object {
  const fields = Object.entries((spec ?? {}) as object).filter(([key]) => !OF_ITS_RUN.includes(key));
  const template = (spec?.template ?? {}) as Template;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...{ name, namespace: metadata?.namespace },
      labels: { ...without(metadata?.labels, OF_ITS_CONTROLLER), [RETRIES]: String(retries) },
      annotations: { ...without(metadata?.annotations, OF_ITSELF), [HELD_BY]: remediationId },
      ownerReferences: metadata?.ownerReferences,
    },
    spec: {
      ...Object.fromEntries(fields),
      template: {
        ...template,
        metadata: { ...template.metadata, labels: without(template.metadata?.labels, OF_ITS_CONTROLLER) },
      },
    },
  };
}

function without(texts: Readonly<Record<string, string>> | undefined, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(texts ?? {}).filter(([key]) => !keys.includes(key)));
}

import type { Client } from '@temporalio/client';
import type { Execution } from './executions.ts';

/** The page of one run in Temporal's Web UI. */
export function executionUrl(
  { workflowId, runId }: Pick<Execution, 'workflowId' | 'runId'>,
  { webUiUrl, client }: { readonly webUiUrl: string; readonly client: Client },
): string {
  const path = ['namespaces', client.options.namespace, 'workflows', workflowId, runId].map(encodeURIComponent);
  return `${webUiUrl.replace(/\/+$/, '')}/${path.join('/')}`;
}

import type { Logger } from 'pino';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import type { PrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import type { AuditLog } from '../store/audit/audit-log.ts';

export interface SelfCheckParts {
  readonly kubernetes: KubernetesClient;
  readonly prometheus: PrometheusClient;
  readonly audit: Pick<AuditLog, 'list'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Aborting ends the check, and nothing is told any more. */
  readonly signal: AbortSignal;
}

/**
 * Goes the way of a remediation once when a worker starts, as far as it changes nothing: the API server, Prometheus, the
 * store. Tells in the log what does not answer while there is time to mend it, and leaves connections and code warm for
 * the first alert, which comes when the machine has least to spare. Never throws.
 */
export async function selfCheck({ kubernetes, prometheus, audit, logger, signal }: SelfCheckParts): Promise<void> {
  const checks = {
    kubernetes: () => kubernetes.get('/version'),
    prometheus: () => prometheus.instantQuery('vector(1)'),
    store: () => audit.list({ limit: 1 }),
  };
  const faults = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return [];
      } catch (error) {
        if (!signal.aborted) logger.warn({ err: error, part: name }, 'a part that remediations need does not answer');
        return [name];
      }
    }),
  );
  if (faults.flat().length === 0) logger.info('all that remediations need answers');
}

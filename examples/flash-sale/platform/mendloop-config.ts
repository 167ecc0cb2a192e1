import { stringify } from 'yaml';
import { configSchema } from '../../../src/config/schema.ts';
import { ON_CALL } from '../report/expectations.ts';

export interface MendloopConfigOptions {
  readonly port: number;
  readonly tokenFile: string;
  readonly kubeconfig: string;
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly policyBundle: string;
  /** Takes the audit log. */
  readonly auditFolder: string;
  /** Takes the keys of votes. */
  readonly ordersFolder: string;
  /** Money a day for namespace `production`. */
  readonly dailyBudget: number;
}

/** `mendloop.yaml` of a run. Temporal's address comes by environment, as everywhere. */
export function mendloopConfig(options: MendloopConfigOptions): string {
  const config = {
    api: { port: options.port, webhookToken: { file: options.tokenFile } },
    kubernetes: { kubeconfig: options.kubeconfig },
    targets: { namespaces: ['production'] },
    prometheus: { url: options.prometheusUrl },
    policy: { bundle: options.policyBundle },
    audit: { store: { type: 'embedded', folder: options.auditFolder } },
    orders: { folder: options.ordersFolder },
    worker: { port: 0 },
    cost: { budgets: { default: { daily: options.dailyBudget, scope: 'namespace' } } },
    notifications: { channels: { [ON_CALL]: { type: 'alertmanager', endpoint: { url: options.alertmanagerUrl } } } },
  };
  configSchema.parse(config);
  return stringify(config);
}

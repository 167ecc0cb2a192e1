import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { RemediationResult, RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { STATUS_QUERY } from '../../../src/contract/remediation.ts';
import type { Installation } from './installation.ts';

let serial = 0;

/** One workload with an alert of its own, in a namespace of its own: the blast radius is for other tests. */
export class Incident {
  readonly #installation: Installation;
  readonly name: string;
  readonly namespace: string;
  readonly #startsAt = new Date();
  readonly #labels: Record<string, string>;

  private constructor(installation: Installation, name: string, labels: Record<string, string>) {
    this.#installation = installation;
    this.name = name;
    this.namespace = `shop-of-${name}`;
    this.#labels = { alertname: 'Slow', namespace: this.namespace, deployment: name, severity: 'critical', ...labels };
  }

  /** A Deployment of two Pods that is slow; its alert is not sent yet. */
  static async prepare(installation: Installation, labels: Record<string, string> = {}): Promise<Incident> {
    serial += 1;
    const incident = new Incident(installation, `api-${process.pid}-${serial}`, labels);
    installation.signals.latency.set(incident.name, 1.5);
    await installation.cluster.human.create('/api/v1/namespaces', { metadata: { name: incident.namespace } });
    await installation.cluster.human.deploy({ namespace: incident.namespace, name: incident.name, replicas: 2 });
    await expect.poll(() => incident.replicas('readyReplicas'), { timeout: 20_000 }).toBe(2);
    return incident;
  }

  /** To Alertmanager's API, as Prometheus does. */
  async send(status: 'firing' | 'resolved' = 'firing'): Promise<void> {
    const endsAt = status === 'resolved' ? new Date() : new Date(Date.now() + 600_000);
    const response = await fetch(`${this.#installation.alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([
        { labels: this.#labels, annotations: { summary: 'slow' }, startsAt: this.#startsAt, endsAt },
      ]),
    });
    expect(response.status).toBe(200);
  }

  recover(): void {
    this.#installation.signals.latency.set(this.name, 0.1);
  }

  async replicas(field: 'wanted' | 'readyReplicas'): Promise<number | undefined> {
    const { spec, status } = await this.#installation.cluster.human.get<{
      spec: { replicas: number };
      status: { readyReplicas?: number };
    }>(`/apis/apps/v1/namespaces/${this.namespace}/deployments/${this.name}`);
    return field === 'wanted' ? spec.replicas : status.readyReplicas;
  }

  /** IDs of all remediations of this alert, by Temporal's visibility. */
  async remediations(): Promise<string[]> {
    const query = `WorkflowType = "remediation"`;
    const found: string[] = [];
    for await (const execution of this.#installation.client.workflow.list({ query })) {
      const handle = this.#installation.client.workflow.getHandle(execution.workflowId);
      const { events } = await handle.fetchHistory();
      const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
      if (
        Buffer.from(input ?? [])
          .toString('utf8')
          .includes(`"${this.name}"`)
      )
        found.push(execution.workflowId);
    }
    return found;
  }

  async remediation(): Promise<WorkflowHandle> {
    await expect.poll(() => this.remediations(), { timeout: 30_000 }).toHaveLength(1);
    const [id] = await this.remediations();
    return this.#installation.client.workflow.getHandle(id ?? '');
  }

  async untilStep(step: RemediationStatus['step'], timeout = 60_000): Promise<void> {
    const handle = await this.remediation();
    const stepOf = async () => {
      try {
        return (await handle.query<RemediationStatus>(STATUS_QUERY)).step;
      } catch {
        return 'unreachable'; // No worker answers at the moment.
      }
    };
    await expect.poll(stepOf, { timeout, interval: 200 }).toBe(step);
  }

  async outcome(): Promise<RemediationResult> {
    return (await (await this.remediation()).result()) as RemediationResult;
  }

  /** How often its replica count was changed, by the Events of its controller. */
  async changes(): Promise<number> {
    const { items } = await this.#installation.cluster.human.get<{
      items: { reason: string; count?: number; involvedObject: { name: string } }[];
    }>(`/api/v1/namespaces/${this.namespace}/events?limit=5000`);
    const scalings = items
      .filter(({ reason, involvedObject }) => reason === 'ScalingReplicaSet' && involvedObject.name === this.name)
      .reduce((sum, { count = 1 }) => sum + count, 0);
    return scalings - 1; // The first one is its creation.
  }
}

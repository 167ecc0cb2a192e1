import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../../src/domain/alert/remediation-id.ts';
import type { RemediationResult, RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { STATUS_QUERY } from '../../../src/contract/remediation.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Installation } from './installation.ts';

let serial = 0;

/** Seconds, of which the objective allows 0.2. */
const SLOW = 1.5;
const FAST = 0.1;

/**
 * Labels of an alert whose proof shall fail: in seconds. It stays long enough to be seen while it is taken. Without them a
 * proof has the time that a busy machine may need.
 */
export const PROOF_FAILS: Labels = { deadline: '20' };

type Labels = Readonly<Record<string, string>>;

interface Named {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
}

/** One workload with an alert of its own, in a namespace of its own: the blast radius is for other tests. */
export class Incident {
  readonly #installation: Installation;
  readonly name: string;
  readonly namespace: string;
  readonly #labels: Labels;
  #startsAt = new Date();

  private constructor(installation: Installation, name: string, labels: Labels) {
    this.#installation = installation;
    this.name = name;
    this.namespace = labels['namespace'] ?? `shop-of-${name}`;
    this.#labels = { alertname: 'Slow', namespace: this.namespace, deployment: name, severity: 'critical', ...labels };
  }

  /** A Deployment of two Pods that is slow; its alert is not sent yet. */
  static async prepare(installation: Installation, labels: Labels = {}): Promise<Incident> {
    serial += 1;
    const incident = new Incident(installation, `api-${process.pid}-${serial}`, labels);
    const isSlow = incident.relapse();
    await installation.cluster.human.create('/api/v1/namespaces', { metadata: { name: incident.namespace } });
    await installation.cluster.human.deploy({ namespace: incident.namespace, name: incident.name, replicas: 2 });
    await expect.poll(() => incident.replicas('readyReplicas'), { timeout: 60_000 }).toBe(2);
    await isSlow;
    return incident;
  }

  /** An alert about a Deployment that is there. */
  static about(installation: Installation, { name, namespace, labels }: Named): Incident {
    return new Incident(installation, name, { ...labels, namespace });
  }

  /** One more alert about the same Deployment. */
  sibling(labels: Labels): Incident {
    return new Incident(this.#installation, this.name, { ...this.#labels, ...labels });
  }

  /** As Alertmanager tells of it, for a delivery by hand. */
  alert(status: Alert['status'] = 'firing'): Alert {
    return {
      status,
      labels: { ...this.#labels },
      annotations: { summary: 'slow' },
      startsAt: this.#startsAt.toISOString(),
      ...(status === 'resolved' ? { endsAt: new Date().toISOString() } : {}),
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: fingerprintOf(this.#labels),
    };
  }

  /** To Alertmanager's API, as Prometheus does. */
  async send(status: Alert['status'] = 'firing'): Promise<void> {
    const { labels, annotations, startsAt, endsAt = new Date(Date.now() + 600_000).toISOString() } = this.alert(status);
    const response = await fetch(`${this.#installation.alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ labels, annotations, startsAt, endsAt }]),
    });
    expect(response.status).toBe(200);
  }

  /** A new spell of the same alert begins now. */
  async fireAgain(): Promise<void> {
    this.#startsAt = new Date();
    await this.send();
  }

  recover(): void {
    this.#installation.signals.latency.set(this.name, FAST);
  }

  /** As slow as at first; settles when Prometheus knows. */
  async relapse(): Promise<void> {
    const { signals, prometheus } = this.#installation;
    signals.latency.set(this.name, SLOW);
    const query = new URLSearchParams({ query: `test_latency_seconds{deployment="${this.name}"}` });
    const measured = async () => {
      const response = await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`);
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1]);
    };
    await expect.poll(measured, { timeout: 90_000 }).toBe(SLOW);
  }

  get path(): string {
    return `/apis/apps/v1/namespaces/${this.namespace}/deployments/${this.name}`;
  }

  async replicas(field: 'wanted' | 'readyReplicas'): Promise<number | undefined> {
    const { spec, status } = await this.#read();
    return field === 'wanted' ? spec.replicas : status.readyReplicas;
  }

  /** What the Deployment was ever scaled to, its creation first. */
  scaled(): Promise<readonly number[]> {
    return this.#installation.history.of(this);
  }

  /** ID of the remediation of its incident number n. */
  id(n = 1): string {
    return remediationId({ ...alertIdentity('default', this.alert()), n });
  }

  /** IDs of all remediations of this alert, by Temporal's visibility. */
  async remediations(): Promise<string[]> {
    const query = `WorkflowType = "remediation" AND WorkflowId STARTS_WITH "${this.id().replace(/1$/, '')}"`;
    const found = new Set<string>(); // A workflow that was reset has several runs.
    for await (const { workflowId } of this.#installation.client.workflow.list({ query })) found.add(workflowId);
    return [...found].sort();
  }

  /** Settles when Temporal's visibility, which follows a little later, has just these. */
  async untilRemediationsAre(ids: readonly string[]): Promise<void> {
    await expect.poll(() => this.remediations()).toEqual(ids);
  }

  /** Settles when the remediation of incident number n has been started. */
  async remediation(n = 1): Promise<WorkflowHandle> {
    const handle = this.#installation.client.workflow.getHandle(this.id(n));
    const isThere = () =>
      handle.describe().then(
        () => true,
        () => false,
      );
    await expect.poll(isThere, { timeout: 60_000, interval: 100 }).toBe(true);
    return handle;
  }

  /** What is known of it now; undefined while no worker answers. */
  async status(n = 1): Promise<RemediationStatus | undefined> {
    try {
      return await this.#installation.client.workflow.getHandle(this.id(n)).query<RemediationStatus>(STATUS_QUERY);
    } catch {
      return undefined;
    }
  }

  async untilStep(step: RemediationStatus['step'], { n = 1, timeout = 90_000 } = {}): Promise<void> {
    await this.remediation(n);
    await expect.poll(async () => (await this.status(n))?.step, { timeout, interval: 100 }).toBe(step);
  }

  /** Waits for the end. */
  async outcome(n = 1): Promise<RemediationResult> {
    return (await (await this.remediation(n)).result()) as RemediationResult;
  }

  async #read() {
    return await this.#installation.cluster.human.get<{
      spec: { replicas: number };
      status: { readyReplicas?: number };
    }>(this.path);
  }
}

import { expect } from 'vitest';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { formatTarget } from '../../../src/domain/target/format-target.ts';
import { GUARD_STATE_QUERY, targetGuardId } from '../../../src/domain/guards/names.ts';
import { remediationId } from '../../../src/domain/alert/remediation-id.ts';
import type { RemediationResult, RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import type { ScaleTarget } from '../../../src/domain/target/target.ts';
import { STATUS_QUERY } from '../../../src/contract/remediation.ts';
import type { TargetGuardView } from '../../../src/contract/guards.ts';
import { anAlert } from '../alerts.ts';
import type { Incident } from './incidents.ts';
import type { Installation } from './installation.ts';

/** What the webhook answers: how many alerts it did what with. */
interface Taken {
  readonly started: number;
  readonly duplicates: number;
  readonly signalled: number;
  readonly ignored: number;
}

/** Many different alerts about the one workload of an incident, straight to the webhook. */
export class Storm {
  readonly #installation: Installation;
  readonly #target: ScaleTarget;
  readonly alerts: readonly Alert[];
  readonly ids: readonly string[];

  constructor(
    installation: Installation,
    { namespace, name }: Incident,
    { size, labels: more = {} }: { size: number; labels?: Record<string, string> },
  ) {
    this.#installation = installation;
    this.#target = { cluster: 'default', namespace, kind: 'Deployment', name };
    const labels = { alertname: 'Slow', namespace, deployment: name, severity: 'critical', ...more };
    this.alerts = Array.from({ length: size }, (_, index) => anAlert({ labels: { ...labels, pod: `pod-${index}` } }));
    this.ids = this.alerts.map(remediationId);
  }

  /** A notification for each alert, all at once, as from a route that groups nothing. */
  async sendEach(): Promise<Taken[]> {
    return await Promise.all(this.alerts.map((alert) => this.#post([alert])));
  }

  /** One notification of all of them, as from a route that groups by workload. */
  async sendAll(status: Alert['status']): Promise<Taken> {
    const ended = status === 'resolved' ? { endsAt: new Date().toISOString() } : {};
    return await this.#post(this.alerts.map((alert) => ({ ...alert, status, ...ended })));
  }

  async guard(): Promise<TargetGuardView> {
    const handle = this.#installation.client.workflow.getHandle(targetGuardId(this.#target));
    return await handle.query<TargetGuardView>(GUARD_STATE_QUERY);
  }

  /** Settles when one remediation has the target and all others share its end; gives its ID. */
  async leader(): Promise<string> {
    const look = async () => {
      try {
        const { holder, joined, queue } = await this.guard();
        return { held: holder !== undefined, joined, waiting: queue.length };
      } catch {
        return undefined; // Nobody has asked for the target yet.
      }
    };
    await expect
      .poll(look, { timeout: 60_000, interval: 100 })
      .toEqual({ held: true, joined: this.ids.length - 1, waiting: 0 });
    return (await this.guard()).holder?.remediationId ?? '';
  }

  async step(id: string): Promise<RemediationStatus['step']> {
    const handle = this.#installation.client.workflow.getHandle(id);
    return (await handle.query<RemediationStatus>(STATUS_QUERY)).step;
  }

  /** A human's yes, over the API. */
  async approve(id: string): Promise<void> {
    const path = id.split('/').map(encodeURIComponent).join('/');
    const response = await fetch(`${this.#installation.apiUrl}/api/v1/remediations/${path}/approve`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ reason: 'known pattern' }),
    });
    expect(response.status, await response.text()).toBe(200);
  }

  /** How each alert's remediation ended, by its ID; waits for all of them. */
  async ends(): Promise<Map<string, RemediationResult>> {
    const end = async (id: string) =>
      [id, (await this.#installation.client.workflow.getHandle(id).result()) as RemediationResult] as const;
    return new Map(await Promise.all(this.ids.map(end)));
  }

  /** How many remediations of the target Temporal knows. */
  async count(condition = ''): Promise<number> {
    const query = `WorkflowType = "remediation" AND MendloopTarget = "${formatTarget(this.#target)}"${condition}`;
    return (await this.#installation.client.workflow.count(query)).count;
  }

  /** The webhook refuses nothing of a storm of this size: Alertmanager would come again, but later. */
  async #post(alerts: readonly Alert[]): Promise<Taken> {
    const response = await fetch(`${this.#installation.apiUrl}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        receiver: 'mendloop',
        status: alerts[0]?.status,
        alerts,
        groupLabels: {},
        commonLabels: {},
        commonAnnotations: {},
        externalURL: 'http://alertmanager.example',
        groupKey: '{}:{}',
      }),
    });
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as Taken;
  }
}

import { expect } from 'vitest';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../../src/domain/alert/remediation-id.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { PostgresInstallation } from './installation.ts';

type Labels = Readonly<Record<string, string>>;

/** A storm's incidents, counted. */
export interface Counts {
  readonly all: number;
  /** Without an end yet. */
  readonly open: number;
  /** By outcome. */
  readonly ended: Readonly<Record<string, number>>;
}

/** Many different alerts at once, all in Alertmanager. */
export class Storm {
  readonly #installation: PostgresInstallation;
  readonly #sets: readonly Labels[];
  readonly #startsAt = new Date().toISOString();

  constructor(installation: PostgresInstallation, labels: readonly Labels[]) {
    this.#installation = installation;
    this.#sets = labels;
  }

  get ids(): readonly string[] {
    return this.alerts().map((alert) => remediationId({ ...alertIdentity('default', alert), n: 1 }));
  }

  /** As Alertmanager tells of them, for a delivery by hand. */
  alerts(status: Alert['status'] = 'firing'): Alert[] {
    const ended = status === 'resolved' ? { endsAt: new Date().toISOString() } : {};
    return this.#sets.map((labels) => ({
      ...{ status, labels, annotations: { summary: 'slow' }, startsAt: this.#startsAt, ...ended },
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: fingerprintOf(labels),
    }));
  }

  /** To Alertmanager's API, all in one request, as Prometheus does. */
  async send(status: Alert['status'] = 'firing'): Promise<void> {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const body = this.alerts(status).map(({ labels, annotations, startsAt, endsAt = later }) => ({
      ...{ labels, annotations, startsAt, endsAt },
    }));
    const response = await fetch(`${this.#installation.alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status, await response.text()).toBe(200);
  }

  /** What has become of its alerts, by the store. */
  async counts(): Promise<Counts> {
    const ids = this.ids.map((id) => `('${id}')`).join(', ');
    const rows = await this.#installation.store.sql(`
      SELECT i.outcome, count(*)::int AS n FROM (VALUES ${ids}) asked (id)
      JOIN mendloop.incident i ON i.remediation_id = asked.id GROUP BY i.outcome`);
    const ended = Object.fromEntries(
      rows.filter((row) => row['outcome'] !== null).map((row) => [String(row['outcome']), Number(row['n'])]),
    );
    const open = Number(rows.find((row) => row['outcome'] === null)?.['n'] ?? 0);
    return { all: Object.values(ended).reduce((sum, n) => sum + n, open), open, ended };
  }

  /** Settles when every alert has an incident that has ended. */
  async untilEnded(timeout: number): Promise<Counts> {
    await expect.poll(async () => (await this.counts()).open, { timeout, interval: 250 }).toBe(0);
    return await this.counts();
  }
}

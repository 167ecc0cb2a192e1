import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilQuotaCounts } from '../../dev/stack/index.ts';
import { type AuditKind, auditKinds } from '../../src/domain/audit/audit-entry.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import type { Taken } from '../support/installation/webhook.ts';
import { Way } from '../support/installation/alertmanager.ts';
import { Incident, PROOF_FAILS } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { approve, orderPause, pagesAbout, undo } from '../support/installation/people.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { deliverTaken } from '../support/installation/webhook.ts';

let installation: PostgresInstallation;
let replica: { readonly url: string };

beforeAll(async () => {
  installation = await startPostgresInstallation();
  [, , replica] = await Promise.all([installation.startApi(), installation.startWorker(), installation.startReplica()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

/** Its incidents, as the store has them. */
async function incidentsOf(incident: Incident) {
  const { fingerprint } = incident.alert();
  const rows = await installation.store.sql(
    `SELECT n, outcome, end_heard_at IS NOT NULL AS heard FROM mendloop.incident WHERE fingerprint = '${fingerprint}' ORDER BY n`,
  );
  return rows;
}

/** By an admission policy of the cluster's, as a freeze; settles when it is in force. */
async function freeze({ name, namespace, path }: Incident): Promise<void> {
  const { human } = installation.cluster;
  const admission = '/apis/admissionregistration.k8s.io/v1';
  await human.create(`${admission}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] },
        ],
      },
      validations: [{ expression: 'false', message: 'frozen' }],
    },
  });
  await human.create(`${admission}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  });
  const tried = () =>
    human.patch(`${path}/scale?dryRun=All`, { spec: { replicas: 5 } }).then(
      () => 'allowed',
      (error: unknown) => String(error),
    );
  await expect.poll(tried, { timeout: 60_000 }).toContain('frozen');
}

describe('an alert that Alertmanager sends', () => {
  it('heals: decided, scaled, proven from Prometheus, and ended when it resolves', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await expect.poll(() => incident.replicas('wanted'), { timeout: 60_000 }).toBe(5);
    incident.recover();
    await incident.untilStep('watching');
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({
      outcome: 'remediated',
      decision: { rule: 'slow', policyRevision: 'e2e' },
      source: { status: 'firing', source: 'alertmanager' },
      objective: { status: 'not_met' },
      effect: { changed: true, moved: { before: 2, after: 5 } },
      verification: { verdict: 'good' },
      alertResolved: true,
    });
    expect(await incident.scaled()).toEqual([2, 5]);
    expect(await incidentsOf(incident)).toEqual([{ n: 1, outcome: 'remediated', heard: true }]);
  });

  it('is one remediation, however often it is delivered', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    // Alertmanager repeats it every second; one more sender does what a second replica of it would do.
    await Promise.all(Array.from({ length: 10 }, () => incident.send()));
    incident.recover();
    await incident.untilStep('watching');
    await incident.untilRemediationsAre([incident.id()]);
    await incident.send('resolved');
    await incident.outcome();
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('is the next incident when it resolves and fires again', async () => {
    const incident = await Incident.prepare(installation, { add: '1' });
    for (const n of [1, 2]) {
      await incident.relapse();
      await incident.fireAgain();
      await incident.untilStep('verifying', { n });
      incident.recover();
      await incident.untilStep('watching', { n });
      await incident.send('resolved');
      expect(await incident.outcome(n)).toMatchObject({
        outcome: 'remediated',
        effect: { changed: true, moved: { before: 1 + n, after: 2 + n } },
      });
    }
    expect(await incidentsOf(incident)).toMatchObject([
      { n: 1, outcome: 'remediated' },
      { n: 2, outcome: 'remediated' },
    ]);
    expect(await incident.scaled()).toEqual([2, 3, 4]);
  });

  it('is rolled back, and the on-call called, when the signal does not get better', async () => {
    const incident = await Incident.prepare(installation, PROOF_FAILS);
    await incident.send();
    const end = await incident.outcome();
    expect(end).toMatchObject({
      outcome: 'rolled_back',
      compensation: { status: 'restored', moved: { before: 5, after: 2 } },
      notified: ['on-call'],
    });
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    expect(await pagesAbout(installation, incident.name)).toMatchObject([
      { mendloop_remediation: incident.id(), mendloop_outcome: 'rolled_back' },
    ]);
    await incident.send('resolved');
  });

  it('leaves a human alone who scales in the middle, and escalates with both values', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.cluster.human.patch(incident.path, { spec: { replicas: 7 } });
    const end = await incident.outcome();
    expect(end.outcome).toBe('escalated');
    expect(end.summary).toMatch(/set 5.*kubectl.*7/);
    expect(await incident.scaled()).toEqual([2, 5, 7]);
    await incident.send('resolved');
  });

  it('has a clear end when the Deployment is deleted in the middle', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.cluster.human.remove(incident.path);
    const end = await incident.outcome();
    expect(end).toMatchObject({ outcome: 'escalated', compensation: { status: 'gone' } });
    await incident.send('resolved');
  });

  it('is undone, with the reason, where the namespace has no room for what the act asks for', async () => {
    const incident = await Incident.prepare(installation);
    const quota = `/api/v1/namespaces/${incident.namespace}/resourcequotas`;
    const { human } = installation.cluster;
    await human.create(quota, { metadata: { name: 'full' }, spec: { hard: { pods: '2' } } });
    await untilQuotaCounts(human, { path: `${quota}/full`, used: { pods: '2' }, timeoutMs: PATIENCE_MS });
    await incident.send();
    expect(await incident.outcome()).toMatchObject({ outcome: 'rolled_back', compensation: { status: 'restored' } });
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    await incident.send('resolved');
  });

  it('is told to a human, with the reason, where the cluster refuses the act', async () => {
    const incident = await Incident.prepare(installation);
    await freeze(incident);
    await incident.send();
    expect(await incident.outcome()).toMatchObject({ outcome: 'escalated', fault: { step: 'acting' } });
    expect(await incident.scaled()).toEqual([2]);
    await incident.send('resolved');
  });

  it('is only watched in mode observe, which tells what would have been done', async () => {
    const incident = await Incident.prepare(installation, { mode: 'observe' });
    await incident.send();
    const end = await incident.outcome();
    expect(end).toMatchObject({ outcome: 'observed', source: { status: 'firing' } });
    expect(end.summary).toMatch(/would have been: scale .* 2 -> 5/);
    expect(await incident.scaled()).toEqual([2]);
    await incident.send('resolved');
  });

  it('waits for a human in mode approve, and acts on the word of one', async () => {
    const incident = await Incident.prepare(installation, { mode: 'approve' });
    await incident.send();
    await incident.untilStep('awaiting_approval');
    expect((await incident.status())?.preview).toMatchObject({ moves: { before: 2, after: 5 } });
    expect(await incident.scaled()).toEqual([2]);
    await approve(installation, incident.id());
    await expect.poll(() => incident.replicas('wanted'), { timeout: 60_000 }).toBe(5);
    incident.recover();
    await incident.untilStep('watching');
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({ outcome: 'remediated', approval: { status: 'approved' } });
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('is left alone when it has resolved before the act', async () => {
    const incident = await Incident.prepare(installation);
    await orderPause(installation, 'pause');
    try {
      await incident.send();
      await incident.untilStep('admitting');
      await incident.send('resolved');
      expect(await incident.outcome()).toMatchObject({ outcome: 'already_healthy', alertResolved: true });
    } finally {
      await orderPause(installation, 'resume');
    }
    expect(await incident.scaled()).toEqual([2]);
    expect(await pagesAbout(installation, incident.name)).toEqual([]);
  });

  it('is not acted on when it does not fire at its source, and a human is told', async () => {
    const incident = await Incident.prepare(installation);
    const told = { url: installation.apiUrl, alerts: [incident.alert()], receiver: 'by-hand' };
    expect(await deliverTaken(told)).toMatchObject({ started: 1 });
    const end = await incident.outcome();
    expect(end).toMatchObject({
      outcome: 'escalated',
      source: { status: 'not_firing', source: 'prometheus', asked: expect.stringContaining('ALERTS') as string },
      notified: ['on-call'],
    });
    expect(end.summary).toContain('does not fire at its source');
    expect(await incident.scaled()).toEqual([2]);
    expect(await pagesAbout(installation, incident.name)).toMatchObject([{ mendloop_outcome: 'escalated' }]);
    // Told again, it stays with that human.
    expect(await deliverTaken(told)).toMatchObject({ started: 0, repeats: 1 });
  });
});

describe('an alert that two API replicas are told of at once', () => {
  /** The same notification to both, again and again. */
  async function tellBoth(incident: Incident, status: 'firing' | 'resolved'): Promise<Record<keyof Taken, number>> {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        deliverTaken({
          url: index % 2 === 0 ? installation.apiUrl : replica.url,
          alerts: [incident.alert(status)],
        }),
      ),
    );
    const sum = (key: keyof Taken) => answers.reduce((total, taken) => total + taken[key], 0);
    return {
      ...{ started: sum('started'), duplicates: sum('duplicates'), repeats: sum('repeats') },
      ...{ signalled: sum('signalled'), ignored: sum('ignored'), unhandled: sum('unhandled') },
    };
  }

  it('is one remediation in each of its spells', async () => {
    const incident = await Incident.prepare(installation, { ...Way.ByHand, add: '1' });
    const ends: Alert[] = [];
    for (const n of [1, 2, 3]) {
      await incident.relapse();
      await incident.fireAgain();
      expect(await tellBoth(incident, 'firing')).toMatchObject({ started: 1, duplicates: 19 });
      await incident.untilStep('verifying', { n });
      // The end of an earlier spell, told once more, is not that of this one.
      for (const stale of ends) {
        expect(await deliverTaken({ url: replica.url, alerts: [stale] })).toMatchObject({ ignored: 1 });
      }
      expect(await incident.status(n)).toMatchObject({ alertResolved: false });
      incident.recover();
      await incident.untilStep('watching', { n });
      await incident.send('resolved');
      ends.push(incident.alert('resolved'));
      expect(await tellBoth(incident, 'resolved')).toMatchObject({ started: 0, unhandled: 0 });
      expect(await incident.outcome(n)).toMatchObject({ outcome: 'remediated' });
      // Late to arrive, it is the end of what has ended already.
      expect(await tellBoth(incident, 'resolved')).toMatchObject({ ignored: 20 });
    }
    expect((await incidentsOf(incident)).map(({ n }) => n)).toEqual([1, 2, 3]);
    await incident.untilRemediationsAre([incident.id(1), incident.id(2), incident.id(3)]);
    expect(await incident.scaled()).toEqual([2, 3, 4, 5]);
  });
});

describe('the audit log of an installation', () => {
  /** What writes a row of each kind, beside the remediations above, and what that row says. */
  const WRITTEN: Readonly<Record<AuditKind, { readonly by?: () => Promise<unknown>; readonly row: object }>> = {
    decision: { row: { actor: 'policy', data: { rule: 'slow', policyRevision: 'e2e' } } },
    approval: { row: { actor: expect.not.stringMatching(/^mendloop$/) as string } },
    effect_intended: { row: { actor: 'mendloop', target: expect.stringContaining('/Deployment/') as string } },
    effect_done: { row: { actor: 'mendloop' } },
    effect_failed: { row: { data: { message: expect.stringContaining('frozen') as string } } },
    compensation: { row: { data: { status: 'restored' } } },
    outcome: { row: { data: { outcome: 'remediated' } } },
    config: { row: { key: expect.stringMatching(/^config\//) as string } },
    policy: { row: { key: expect.stringMatching(/^policy\//) as string } },
    guard: {
      by: async () => {
        await orderPause(installation, 'pause');
        await orderPause(installation, 'resume');
      },
      row: { actor: expect.not.stringMatching(/^mendloop$/) as string },
    },
    order: {
      by: async () => {
        const incident = await Incident.prepare(installation);
        await incident.send();
        await incident.untilStep('verifying');
        await undo(installation, incident.id());
        await incident.outcome();
        await incident.send('resolved');
      },
      row: { remediationId: expect.stringContaining('remediation/') as string },
    },
    access: {
      by: () => fetch(`${installation.apiUrl}/api/v1/guards`, { headers: { Authorization: 'Bearer of-a-stranger' } }),
      row: { data: { door: 'api' } },
    },
    // By the run of the Schedule that comes at the start.
    checkpoint: { row: { data: { removed: null } } },
  };

  it.each(auditKinds)('has rows of kind %s', async (kind) => {
    const { by, row } = WRITTEN[kind];
    await by?.();
    const rows = async () =>
      (await installation.store.sql(`SELECT body FROM mendloop_audit.record WHERE kind = '${kind}'`)).map(
        ({ body }) => JSON.parse(String(body)) as unknown,
      );
    await expect
      .poll(rows, { timeout: 60_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining(matched(row))]));
  });

  it('has no other', async () => {
    const kinds = await installation.store.sql('SELECT DISTINCT kind FROM mendloop_audit.record');
    expect(kinds.map(({ kind }) => String(kind)).toSorted()).toEqual(auditKinds.toSorted());
  });
});

/** At every depth by what is asked for alone. */
function matched(row: object): object {
  const isPlain = (value: unknown): value is object => Object.getPrototypeOf(value) === Object.prototype;
  return Object.fromEntries(
    Object.entries(row).map(([key, value]): [string, unknown] => [
      key,
      isPlain(value) ? expect.objectContaining(value) : value,
    ]),
  );
}

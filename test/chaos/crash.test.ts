import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedProcess } from '../../dev/stack/index.ts';
import { endsWell, effectOn } from '../support/installation/one-effect.ts';
import { Applied, installAppliers, MAY_SUSPEND } from '../support/installation/applied.ts';
import { Incident, PROOF_FAILS } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';

let installation: Installation;
let api: ManagedProcess;
let worker: ManagedProcess;

beforeAll(async () => {
  installation = await startInstallation({
    gated: true,
    settings: () => ({ targets: { namespaces: ['*'], gitOps: MAY_SUSPEND } }),
  });
  await installAppliers(installation);
  // The first to come has the store open, so that the others have to take it over when it is killed.
  api = await installation.startApi();
  worker = await installation.startWorker();
});

afterAll(async () => {
  await (installation as Installation | undefined)?.stop();
});

describe('a crash is a pause', () => {
  it('of the API, while a remediation runs: the worker takes the store over', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await api.kill();
    incident.recover();
    await incident.untilStep('watching', { timeout: 120_000 });
    api = await installation.startApi();
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('of the worker, before the alert comes: the webhook takes it all the same', async () => {
    await worker.kill();
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.remediation();
    expect(await incident.scaled()).toEqual([2]);
    worker = await installation.startWorker();
    await endsWell(incident);
  });

  it('of Temporal, while the proof is taken', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.killTemporal();
    await installation.restartTemporal();
    await endsWell(incident);
  });

  // One crash for all seven: what was under way is missed only after its time has passed.
  it('of the worker: after the grant, after the act, after the act that cured, during the proof, after the undo, and while self-healing out of Git is paused', async () => {
    const prepare = (labels = {}) => Incident.prepare(installation, labels);
    const [granted, acted, cured, proving, undone, argo, flux] = await Promise.all([
      prepare(),
      prepare(),
      prepare(),
      prepare(),
      prepare(PROOF_FAILS),
      Applied.prepare(installation, 'argocd'),
      Applied.prepare(installation, 'flux'),
    ] as const);
    await undone.send();
    await undone.untilStep('verifying');
    const undo = installation.hold({ ...effectOn(undone), what: 'answer' });
    await undo.reached;
    const grant = installation.hold({ ...effectOn(granted), what: 'request' });
    const act = installation.hold({ ...effectOn(acted), what: 'answer' });
    const cure = installation.hold({ ...effectOn(cured), what: 'answer' });
    const pause = installation.hold({ ...argo.change, what: 'answer' });
    await Promise.all([granted, acted, cured, proving, argo.incident, flux.incident].map((one) => one.send()));
    await Promise.all([grant.reached, act.reached, cure.reached, pause.reached]);
    await Promise.all([proving.untilStep('verifying'), flux.incident.untilStep('verifying')]);
    expect(await granted.scaled()).toEqual([2]);
    expect(await acted.scaled()).toEqual([2, 5]);
    expect(await cured.scaled()).toEqual([2, 5]);
    expect(await undone.scaled()).toEqual([2, 5, 2]);
    // Paused, and not heard of; and paused for the time of a change that is made.
    expect(await argo.incident.scaled()).toEqual([2]);
    await Promise.all([argo.isPaused(), flux.isPaused()]);

    await worker.kill();
    for (const held of [grant, act, cure, undo, pause]) held.drop();
    // What was done has helped before anybody has heard that it was done.
    cured.recover();
    await cured.send('resolved');
    worker = await installation.startWorker();
    const isCured = async () => {
      expect(await cured.outcome()).toMatchObject({ outcome: 'remediated', effect: { changed: true } });
      expect(await cured.scaled()).toEqual([2, 5]);
    };
    const isUndone = async () => {
      expect(await undone.outcome()).toMatchObject({ outcome: 'rolled_back', notified: ['on-call'] });
      expect(await undone.scaled()).toEqual([2, 5, 2]);
      await undone.send('resolved');
    };
    const isPutBack = async (applied: Applied) => {
      await endsWell(applied.incident);
      await applied.isAsBefore();
    };
    await Promise.all([
      ...[granted, acted, proving].map((one) => endsWell(one)),
      ...[isCured(), isUndone(), isPutBack(argo), isPutBack(flux)],
    ]);
  }, 300_000);
});

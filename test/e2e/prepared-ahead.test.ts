import { afterAll, beforeAll, expect, it } from 'vitest';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';
import { startUpHere, type UpHere } from '../support/installation/up-here.ts';

/** Milliseconds after which what was read ahead is not taken any more. */
const FRESH_MS = 2000;

let installation: Installation;
let up: UpHere;
/** IDs of the remediations of which something was begun while they were being started. */
const begun: string[] = [];

beforeAll(async () => {
  installation = await startInstallation({ gated: true });
  up = await startUpHere({
    settings: installation.settings,
    temporalAddress: installation.temporalAddress,
    observing: (observer) => ({
      foresee: (decided) => observer.foresee(decided),
      begin: (request) => {
        const noteStarted = observer.begin(request);
        if (noteStarted !== undefined) begun.push(request.remediationId);
        return noteStarted;
      },
    }),
  });
});

afterAll(async () => {
  await (up as UpHere | undefined)?.stop();
  await (installation as Installation | undefined)?.stop();
});

/** How often the Deployment was read before the first change of it. */
function readsBeforeTheAct({ path }: Incident): number {
  const asked = installation.asked();
  const act = asked.findIndex((request) => request.startsWith(`PATCH ${path}/scale?`));
  expect(act).toBeGreaterThanOrEqual(0);
  return asked.slice(0, act).filter((request) => request.split('?')[0] === `GET ${path}`).length;
}

async function cure(incident: Incident): Promise<void> {
  await incident.untilStep('verifying');
  incident.recover();
  await incident.untilStep('watching');
  await incident.send('resolved');
  expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
  expect(await incident.scaled()).toEqual([2, 5]);
}

it('what was read beside the start is taken: the target is read once before it is changed', async () => {
  const incident = await Incident.prepare(installation);
  await incident.send();
  await cure(incident);
  expect(begun).toContain(incident.id());
  expect(readsBeforeTheAct(incident)).toBe(1);
});

it('what was read too long ago is refused: the target is read again before it is changed', async () => {
  const incident = await Incident.prepare(installation);
  const hold = installation.hold({ method: 'GET', path: new RegExp(`^${incident.path}(\\?|$)`), what: 'answer' });
  await incident.send();
  await hold.reached;
  const reachedAt = performance.now();
  await expect.poll(() => performance.now() - reachedAt, { timeout: 90_000 }).toBeGreaterThan(FRESH_MS);
  hold.release();
  await cure(incident);
  expect(begun).toContain(incident.id());
  expect(readsBeforeTheAct(incident)).toBeGreaterThanOrEqual(2);
});

it('a target that was changed after it was read ahead is left to the hand that changed it', async () => {
  const incident = await Incident.prepare(installation);
  const hold = installation.hold({ method: 'PATCH', path: new RegExp(`^${incident.path}/scale\\?`), what: 'request' });
  await incident.send();
  await hold.reached;
  await installation.cluster.human.patch(incident.path, { spec: { replicas: 3 } });
  hold.release();
  expect(await incident.outcome()).toMatchObject({ outcome: 'escalated', fault: { type: 'TargetChanged' } });
  expect(begun).toContain(incident.id());
  expect(await incident.scaled()).toEqual([2, 3]);
});

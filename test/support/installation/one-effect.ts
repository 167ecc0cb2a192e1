import { expect } from 'vitest';
import type { Stopped } from './api-gate.ts';
import type { Incident } from './incidents.ts';

/** What changes the replicas of its Deployment: the act, and the undo. */
export function effectOn({ namespace }: Incident): Pick<Stopped, 'method' | 'path'> {
  return { method: 'PATCH', path: new RegExp(`/${namespace}/deployments/[^/]+/scale\\?`) };
}

/** The effect happened once, and is known for what it was. */
export async function endsWell(incident: Incident): Promise<void> {
  await incident.untilStep('verifying', { timeout: 120_000 });
  incident.recover();
  await incident.untilStep('watching', { timeout: 120_000 });
  await incident.send('resolved');
  expect(await incident.outcome()).toMatchObject({
    outcome: 'remediated',
    effect: { changed: true, moved: { before: 2, after: 5 } },
  });
  expect(await incident.scaled()).toEqual([2, 5]);
  await incident.untilRemediationsAre([incident.id()]);
}

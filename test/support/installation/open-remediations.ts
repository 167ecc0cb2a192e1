import { expect } from 'vitest';
import type { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { Incident, PROOF_FAILS } from './incidents.ts';
import type { Installation } from './installation.ts';
import { approve, reject } from './people.ts';

/** What an open remediation waits for, and how it shall end. */
type Fate = 'proving' | 'approved' | 'rejected' | 'queued' | 'not_helped';

interface One {
  readonly incident: Incident;
  readonly fate: Fate;
}

const ENDS: Readonly<Record<Fate, { readonly outcome: Outcome; readonly scaled: readonly number[] }>> = {
  proving: { outcome: 'remediated', scaled: [2, 5] },
  approved: { outcome: 'remediated', scaled: [2, 5] },
  queued: { outcome: 'remediated', scaled: [2, 5] },
  rejected: { outcome: 'denied', scaled: [2] },
  not_helped: { outcome: 'rolled_back', scaled: [2, 5, 2] },
};

/** Prepared at once: each is a namespace with a Deployment. */
const LANES = 5;
const PATIENCE_MS = 600_000;

/** Remediations in every state in which they can be for long: proving, waiting for a human, and waiting for a slot. */
export class OpenRemediations {
  readonly #installation: Installation;
  readonly #ones: readonly One[];

  private constructor(installation: Installation, ones: readonly One[]) {
    this.#installation = installation;
    this.#ones = ones;
  }

  /** `slots` of them prove their change, a third waits for a human, and the others for a slot. */
  static async begin(
    installation: Installation,
    { size, slots }: { readonly size: number; readonly slots: number },
  ): Promise<OpenRemediations> {
    const asking = Math.floor(size / 3);
    const fates = Array.from({ length: size }, (_, index): Fate => {
      if (index < slots) return 'proving';
      if (index < slots + asking) return index % 3 === 0 ? 'rejected' : 'approved';
      return index % 5 === 0 ? 'not_helped' : 'queued';
    });
    const ones: One[] = [];
    const queue = fates.values();
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (const fate of queue) ones.push({ fate, incident: await Incident.prepare(installation, labelsOf(fate)) });
      }),
    );
    const open = new OpenRemediations(installation, ones);
    await open.#send('verifying', 'proving');
    await open.#send('admitting', 'queued', 'not_helped');
    await open.#send('awaiting_approval', 'approved', 'rejected');
    return open;
  }

  get all(): readonly Incident[] {
    return this.#ones.map(({ incident }) => incident);
  }

  #of(...fates: readonly Fate[]): Incident[] {
    return this.#ones.filter(({ fate }) => fates.includes(fate)).map(({ incident }) => incident);
  }

  async #send(step: Parameters<Incident['untilStep']>[0], ...fates: readonly Fate[]): Promise<void> {
    const incidents = this.#of(...fates);
    for (const incident of incidents) await incident.send();
    for (const incident of incidents) await incident.untilStep(step, { timeout: PATIENCE_MS });
  }

  /** People vote, services get well by what is done for them, alerts resolve; settles when every end is the right one. */
  async untilAllHaveEndedAsTheyShould(): Promise<void> {
    await Promise.all([
      ...this.#of('approved').map((incident) => vote(incident, () => approve(this.#installation, incident.id()))),
      ...this.#of('rejected').map((incident) => vote(incident, () => reject(this.#installation, incident.id()))),
      ...this.#of('proving', 'approved', 'queued').map((incident) => cure(incident)),
      ...this.#ones.map(async ({ incident, fate }) => {
        const { outcome, scaled } = ENDS[fate];
        expect(await incident.outcome(), `${fate}: ${incident.name}`).toMatchObject({ outcome });
        expect(await incident.scaled()).toEqual(scaled);
      }),
    ]);
  }

  /** IDs of those whose history has a workflow task that failed, with the reason. */
  async failedTasks(): Promise<string[]> {
    const { client } = this.#installation;
    const found: string[] = [];
    for (const { incident } of this.#ones) {
      const { events } = await client.workflow.getHandle(incident.id()).fetchHistory();
      for (const { workflowTaskFailedEventAttributes: failed } of events ?? []) {
        if (failed) found.push(`${incident.id()}: ${failed.failure?.message ?? ''}`);
      }
    }
    return found;
  }
}

/** A person who is told that no worker answers, as just after a change of workers, tries again. */
async function vote(incident: Incident, cast: () => Promise<void>): Promise<void> {
  const isOver = async () => {
    const step = (await incident.status())?.step;
    if (step === 'awaiting_approval') await cast().catch(() => undefined);
    return step !== undefined && step !== 'awaiting_approval';
  };
  await expect.poll(isOver, { timeout: PATIENCE_MS, interval: 500 }).toBe(true);
}

/** Once it was scaled, it is well; and its alert resolves when that is proven. */
export async function cure(incident: Incident): Promise<void> {
  await expect.poll(() => incident.scaled(), { timeout: PATIENCE_MS, interval: 250 }).toEqual([2, 5]);
  incident.recover();
  await incident.untilStep('watching', { timeout: PATIENCE_MS });
  await incident.send('resolved');
}

function labelsOf(fate: Fate): Readonly<Record<string, string>> {
  if (fate === 'approved' || fate === 'rejected') return { mode: 'approve', patience: '1800' };
  // What proves during the upgrade has to be at it for that long.
  if (fate === 'proving') return { deadline: '900' };
  return fate === 'not_helped' ? PROOF_FAILS : {};
}

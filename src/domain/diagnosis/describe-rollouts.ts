import { templateChanges } from '../actions/template-changes.ts';
import type { PodTemplate } from '../actions/template-facts.ts';
import { ageText } from './age-text.ts';
import type { StepResult } from './compose-diagnosis.ts';

export interface DiagnosedRevision {
  readonly name: string;
  readonly number: number;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly template: PodTemplate;
}

const MAX_STEPS = 3;

/** What each of the newest rollouts has changed, the newest first. Of the environment only names. */
export function describeRollouts(
  revisions: readonly DiagnosedRevision[],
  /** Name of the revision that the Pods are to have; undefined: not known. */
  current: string | undefined,
  now: number,
): StepResult {
  const steps = revisions.slice(0, MAX_STEPS).map((revision, index) => {
    const older = revisions[index + 1];
    const age = Number.isNaN(revision.createdAt) ? undefined : ageText(new Date(revision.createdAt).toISOString(), now);
    const what = older === undefined ? 'the oldest that is known' : changesText(older, revision);
    return { revision, age, what, isFirst: older === undefined };
  });
  const newest = steps[0];
  return {
    lines: steps.map(({ revision, age, what }) => {
      const facts = [...(revision.name === current ? ['current'] : []), ...(age === undefined ? [] : [`made ${age}`])];
      return `revision ${revision.number}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}: ${what}`;
    }),
    findings:
      newest === undefined || newest.isFirst
        ? []
        : [
            `Newest rollout, revision ${newest.revision.number}${newest.age === undefined ? '' : `, made ${newest.age}`}: ${newest.what}`,
          ],
  };
}

function changesText(older: DiagnosedRevision, newer: DiagnosedRevision): string {
  const changes = templateChanges(older.template, newer.template);
  return changes.length === 0 ? 'nothing of the template differs' : changes.join('; ');
}

import { listRevisions, newestRevision } from '../../../clients/kubernetes/revisions.ts';
import { TEMPLATE_KINDS, type TemplateObject } from '../../../domain/actions/template-facts.ts';
import { describeRollouts } from '../../../domain/diagnosis/describe-rollouts.ts';
import { hasPods } from '../scene.ts';
import type { DiagnosisStep } from '../step.ts';

/** What the last rollouts have changed. */
export const rollouts: DiagnosisStep = async (scene) => {
  const found = hasPods(scene.target) && scene.target.kind !== 'Node' ? await scene.workload() : undefined;
  if (found === undefined || !(TEMPLATE_KINDS as readonly string[]).includes(found.target.kind)) return { lines: [] };
  const workload = { target: found.target, object: found.object as TemplateObject };
  const revisions = await listRevisions(scene.kubernetes, workload);
  return describeRollouts(revisions, newestRevision(workload, revisions), scene.now);
};

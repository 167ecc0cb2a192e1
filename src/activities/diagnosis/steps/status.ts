import type { ChainLink } from '../../../clients/kubernetes/owner-chain.ts';
import { describeStatus } from '../../../domain/diagnosis/describe-status.ts';
import { nameTarget } from '../../../domain/target/name-target.ts';
import type { DiagnosisStep } from '../step.ts';

/** Conditions and counts of the object, and of what brings its Pods. */
export const status: DiagnosisStep = async (scene) => {
  const { links } = await scene.chain();
  const behind = await scene.workload().catch(() => undefined);
  const objects: ChainLink[] = [links[0], ...(behind === undefined || isSame(behind, links[0]) ? [] : [behind])];
  // A Pod's own is told with the Pods.
  const told = objects.filter(({ target }) => target.kind !== 'Pod' && target.kind !== 'Namespace');
  const seen = told.map(({ target, object }) => {
    const { lines, findings = [] } = describeStatus(object, scene.now);
    const named = (text: string) => `${nameTarget(target)}: ${text}`;
    return { lines: lines.map(named), findings: findings.map(named) };
  });
  return { lines: seen.flatMap(({ lines }) => lines), findings: seen.flatMap(({ findings }) => findings) };
};

function isSame(one: ChainLink, other: ChainLink): boolean {
  return one.object.metadata?.uid === other.object.metadata?.uid;
}

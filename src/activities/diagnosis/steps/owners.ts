import { seenObject } from '../../../clients/kubernetes/seen-object.ts';
import { inGitBy } from '../../../domain/authority/in-git.ts';
import { Part } from '../../../domain/authority/seen-object.ts';
import { nameTarget } from '../../../domain/target/name-target.ts';
import type { DiagnosisStep } from '../step.ts';

/** The chain of controllers to its end, and what applies the objects in it out of a repository. */
export const owners: DiagnosisStep = async ({ chain, target }) => {
  if (target.kind === 'Namespace' || target.kind === 'Node') return { lines: [] };
  const { links, unread } = await chain();
  const names = links.map((link) => nameTarget(link.target));
  const end = unread && `${unread.kind} ${unread.name} of ${unread.apiVersion} (${unread.why})`;
  const appliedBy = inGitBy(links.map((link) => seenObject(Part.Moved, link.target.kind, link.object)));
  return {
    lines: [
      [...names, ...(end === undefined ? [] : [end])].join(' -> '),
      ...(appliedBy === undefined ? [] : [`applied by ${appliedBy}`]),
    ],
  };
};

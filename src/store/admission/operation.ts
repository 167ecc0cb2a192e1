import type { Draft } from '../../domain/admission/draft.ts';
import type { Needs } from '../../domain/admission/scene.ts';

/** Something that is done to the claims of one cluster, together with others, in one commit. */
export interface Operation<Answer> {
  /** What it has to see. */
  readonly needs: Needs;
  /** Pure, and done again with a newer draft when another process was faster. */
  apply(draft: Draft): Answer;
}

/** The needs of several operations together. */
export function allNeeds(operations: readonly Pick<Operation<unknown>, 'needs'>[]): Required<Needs> {
  const all = operations.map(({ needs }) => needs);
  return {
    ids: distinct(all.flatMap(({ ids = [] }) => ids)),
    objects: distinct(all.flatMap(({ objects = [] }) => objects)),
    namespaces: distinct(all.flatMap(({ namespaces = [] }) => namespaces)),
    ledgers: all.flatMap(({ ledgers = [] }) => ledgers),
    leaves: all.reduce((sum, { leaves = 0 }) => sum + leaves, 0),
    everyHolder: all.some(({ everyHolder = false }) => everyHolder),
  };
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

import type { ActionView } from '../../domain/actions/action-view.ts';
import { conditionText } from '../../domain/actions/condition-text.ts';
import type { Paint } from '../output/style.ts';
import { renderFacts, renderTable } from '../output/table.ts';

/** The catalogue, for a person. */
export function describeActions(actions: readonly ActionView[], paint: Paint): string {
  return renderTable(
    {
      head: ['ACTION', 'KINDS', 'UNDO', 'WHAT IT DOES'],
      rows: actions.map(({ name, kinds, undo, summary }) => [name, kinds.join(', '), undo, summary]),
    },
    paint,
  );
}

/** One action in full, for a person. */
export function describeAction(action: ActionView, paint: Paint): string {
  const { name, version, summary, kinds, scope, undo, compensation, asks, danger, idempotence, proof } = action;
  const rules = action.permissions.map(
    ({ apiGroups, resources, verbs, scope: of }) =>
      [
        'permission',
        `${verbs.join(', ')} ${resources.join(', ')}${apiGroups.join('') === '' ? '' : ` of ${apiGroups.join(', ')}`} (${of})`,
      ] as const,
  );
  return renderFacts(
    [
      ['action', `${name}, version ${version}`],
      ['does', summary],
      ['acts on', `${kinds.join(', ')} (${scope})`],
      ['undo', compensation === undefined ? undo : `${undo}: ${compensation}`],
      ['asks', asks === undefined ? undefined : `a human, always: ${asks}`],
      ['proof', proof.length === 0 ? 'the plan says it' : proof.map(conditionText).join('; ')],
      ['danger', danger],
      ['preconditions', action.preconditions.join(', ')],
      ['once by', idempotence],
      ['lease', action.leasable ? 'may give it back in steps' : undefined],
      ['for a while', action.isForAWhile === true ? 'given back when its time is over' : undefined],
      ...rules,
      ['parameters', `mendloop actions schema ${name}`],
    ],
    paint,
  );
}

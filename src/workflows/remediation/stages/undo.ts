import { ApplicationFailure } from '@temporalio/workflow';
import type { UndoResult } from '../../../domain/actions/effects.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { isTransient } from '../../activity-profiles.ts';
import type { Effects } from '../effects.ts';
import { causeOf, faultOf } from '../fault.ts';
import type { Lifecycle } from '../life.ts';
import { patiently } from '../patience.ts';

/** After failed attempts for this long a human is told, and the attempts go on. */
const UNDO_PATIENCE_SECONDS = 1800;

/** Undoes what was done, however long the API server refuses: credentials and permissions come back. */
export function undoPatiently({ record, notify }: Lifecycle, effects: Effects): Promise<UndoResult> {
  return patiently(() => effects.undo(), {
    seconds: UNDO_PATIENCE_SECONDS,
    isHealable: (error) => isTransient(error) || isForbidden(error),
    onOver: (error) => {
      const { message } = faultOf(error, Step.Compensating);
      const { manualUndo, title } = effects.planned;
      record.enter(Step.Compensating, `Undoing "${title}" has failed for half an hour (${message}); going on`);
      void notify({
        kind: Outcome.Escalated,
        text: `Undoing "${title}" has failed for half an hour (${message}). The attempts go on; it can be done by hand`,
        occasion: 'undo-failing',
        ...(manualUndo === undefined ? {} : { manualCommand: manualUndo }),
      });
    },
  });
}

function isForbidden(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure && cause.type === 'KubernetesForbidden';
}

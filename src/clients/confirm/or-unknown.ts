import { MendloopError } from '../../domain/failures.ts';
import type { CheckedAlert, SourceLook } from './alert-source.ts';

/** A look that finds nothing out where its source does not answer. */
export function orUnknown(
  look: SourceLook,
  source: {
    readonly source: string;
    /** For people. */
    readonly called: string;
    /** What a human can ask again. */
    readonly asked: (alert: CheckedAlert) => string;
  },
): SourceLook {
  return async (alert, signal) => {
    try {
      return await look(alert, signal);
    } catch (error) {
      if (!(error instanceof MendloopError)) throw error;
      return {
        status: 'unknown',
        source: source.source,
        asked: source.asked(alert),
        text: `${source.called} could not be asked whether the alert fires: ${error.message}`,
      };
    }
  };
}

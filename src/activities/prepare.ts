import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Admission } from '../domain/admission/admission.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import { Order } from '../domain/orders/seal.ts';
import { startRefused } from '../domain/orders/start-refused.ts';
import type { EarlierAct, EarlierPrelude } from '../domain/remediation/earlier-act.ts';
import { toApplicationFailure } from './failure.ts';
import type { OrderQuestion, OrderVerdict } from './orders.ts';
import type { Found, Preparation, PrepareInput } from './preparation.ts';
import type { PreparedAhead } from './prepared-ahead.ts';

export type PrepareActivities = ReturnType<typeof createPrepareActivities>;

export interface PrepareParts {
  readonly preparation: Preparation;
  readonly ahead: Pick<PreparedAhead, 'take'>;
  readonly verifyOrder: (question: OrderQuestion) => Promise<OrderVerdict>;
  /** What the runs did from which a reset has cut this one off. */
  readonly findEarlierAct: (run: {
    readonly workflowId: string;
    readonly runId: string;
    /** Of its ladder: what earlier ones did has been dealt with. */
    readonly fromRung: number;
  }) => Promise<EarlierAct | undefined>;
  readonly findEarlierPrelude: (run: {
    readonly workflowId: string;
    readonly runId: string;
  }) => Promise<EarlierPrelude | undefined>;
}

export interface PrepareResult extends Found {
  readonly admission?: Admission;
}

/** What is asked before an effect. Reads only, but for the admission it may end with; idempotent by `remediationId`. */
export function createPrepareActivities(parts: PrepareParts) {
  const { preparation, ahead, verifyOrder, findEarlierAct, findEarlierPrelude } = parts;

  /** Every client of Temporal can start a remediation, with a decision that policy has never made. */
  async function requireStart({ start }: PrepareInput): Promise<void> {
    if (start === undefined) return;
    const verdict = await verifyOrder({ order: Order.Start, input: start });
    if (!verdict.valid) throw new MendloopError('OrderRefused', startRefused(verdict.text));
  }

  /** Of a run that was reset nothing is taken that was begun for another. */
  async function find(input: PrepareInput): Promise<PrepareResult> {
    const { workflowExecution: run } = activityInfo();
    const signal = cancellationSignal();
    if (run !== undefined && input.firstRunId !== undefined && run.runId !== input.firstRunId) {
      const earlier = await findEarlierAct({ ...run, fromRung: input.rung ?? 1 });
      if (earlier !== undefined) return await preparation.lookAgain(input, earlier, signal);
      return await preparation.look(input, signal);
    }
    return (await ahead.take(input)) ?? (await preparation.look(input, signal));
  }

  return {
    /**
     * Reads everything that has to be known before an effect, or takes what was read ahead; then asks for admission, if that
     * is wanted and nothing speaks against it. Fails with `OrderRefused`, and as `Preparation` does.
     *
     * In a run that was reset after an effect, that effect is what is planned, and nothing speaks against it.
     */
    async prepare(input: PrepareInput): Promise<PrepareResult> {
      try {
        await requireStart(input);
        const found = await find(input);
        if (found.admission !== undefined) return found;
        return { ...found, ...defined({ admission: await preparation.admit(input, found) }) };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },

    /** What a run that was reset has left standing of a plan's prelude; `none`: nothing. Fails with `TemporalUnavailable`. */
    async recallPrelude(): Promise<EarlierPrelude | 'none'> {
      const { workflowExecution: run } = activityInfo();
      try {
        return (run && (await findEarlierPrelude(run))) ?? 'none';
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}

import { continueAsNew, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { ledgerMachine, ledgerView, type LedgerView } from '../../domain/guards/ledger-machine.ts';
import { commit, release, reserve } from '../../domain/guards/ledger.ts';
import { NEW_LEDGER, type Reserve, type ReserveAnswer } from '../../domain/guards/ledger-state.ts';
import {
  COMMIT_SIGNAL,
  GUARD_PREVIEW_QUERY,
  GUARD_STATE_QUERY,
  RELEASE_SIGNAL,
  RESERVE_UPDATE,
} from '../../domain/guards/names.ts';
import type { BudgetLedgerInput } from '../../contract/guards.ts';
import { GuardLoop } from './guard-loop.ts';
import { readRemediationId } from './read-signal.ts';
import { requireFields } from './require-fields.ts';

const reserveUpdate = defineUpdate<ReserveAnswer, [Reserve]>(RESERVE_UPDATE);
const commitSignal = defineSignal<[unknown]>(COMMIT_SIGNAL);
const releaseSignal = defineSignal<[unknown]>(RELEASE_SIGNAL);
const stateQuery = defineQuery<LedgerView>(GUARD_STATE_QUERY);
const previewQuery = defineQuery<ReserveAnswer, [Reserve, number]>(GUARD_PREVIEW_QUERY);

/**
 * The ledger of one budget in one scope: what is reserved and committed never exceeds, together with what runs, the
 * day's money. Started by the first `reserve`; ends by itself when nothing is left to remember.
 */
export async function budgetLedger({ state = NEW_LEDGER, tuning }: BudgetLedgerInput = {}): Promise<void> {
  const loop = new GuardLoop(ledgerMachine, { state, tuning });
  setHandler(reserveUpdate, (request) => loop.answer(reserve(loop.state, request, loop.moment)), {
    validator: (request: Reserve) => requireFields(request, { remediationId: 'string' }),
  });
  const settle = (change: typeof commit) => (payload: unknown) => {
    const id = readRemediationId(payload);
    if (id !== undefined) loop.apply(change(loop.state, id, loop.moment));
  };
  setHandler(commitSignal, settle(commit));
  setHandler(releaseSignal, settle(release));
  setHandler(stateQuery, () => ledgerView(loop.state, Date.now()));
  setHandler(previewQuery, (request, now) => reserve(loop.state, request, loop.momentAt(now)).answer);
  await loop.run((next) => continueAsNew<typeof budgetLedger>({ state: next, ...(tuning && { tuning }) }));
}

import type { HumanOrder, Leave, YieldNotice } from '../../domain/guards/messages.ts';
import { bounded } from '../../domain/guards/recent.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';

/**
 * Payloads of signals come from other versions of Mendloop and from people with a command line. One that cannot be read
 * is ignored: an error thrown by a signal handler would block the guard for good.
 */
export function readLeave(payload: unknown): Leave | undefined {
  const { remediationId, outcome, text, acted, actedAt } = fieldsOf(payload);
  if (typeof remediationId !== 'string') return undefined;
  return {
    remediationId,
    outcome: Object.values(Outcome).find((known) => known === outcome) ?? Outcome.Escalated,
    text: typeof text === 'string' ? bounded(text) : '',
    // Who does not say is taken to have acted: the limits count it.
    acted: acted !== false,
    ...(typeof actedAt === 'number' ? { actedAt } : {}),
  };
}

export function readOrder(payload: unknown): HumanOrder {
  const { by, reason } = fieldsOf(payload);
  return { by: textOr(by, 'somebody unnamed'), reason: textOr(reason, 'no reason given') };
}

export function readYield(payload: unknown): YieldNotice | undefined {
  const { remediationId, actedAt } = fieldsOf(payload);
  if (typeof remediationId !== 'string') return undefined;
  return { remediationId, ...(typeof actedAt === 'number' ? { actedAt } : {}) };
}

export function readRemediationId(payload: unknown): string | undefined {
  const { remediationId } = fieldsOf(payload);
  return typeof remediationId === 'string' ? remediationId : undefined;
}

function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  return typeof payload === 'object' && payload !== null ? { ...payload } : {};
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value.trim() !== '' ? bounded(value) : otherwise;
}

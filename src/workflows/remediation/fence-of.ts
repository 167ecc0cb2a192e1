import { ApplicationFailure } from '@temporalio/workflow';
import { FenceReason } from '../../domain/admission/admission.ts';
import { causeOf } from './fault.ts';
import type { Fenced } from './life.ts';

/** What fenced an effect off; undefined: it failed otherwise. */
export function fenceOf(error: unknown): Fenced | undefined {
  const cause = causeOf(error);
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'FenceClosed') return undefined;
  const [reason, mayHaveActed] = cause.details ?? [];
  return {
    reason: typeof reason === 'string' ? reason : FenceReason.NotHolder,
    text: cause.message,
    mayHaveActed: mayHaveActed === true,
  };
}

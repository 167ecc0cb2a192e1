import type { DiagnosisPart } from '../../../domain/diagnosis/diagnosis.ts';
import type { DiagnosisStep } from '../step.ts';
import { consumers } from './consumers.ts';
import { events } from './events.ts';
import { logs } from './logs.ts';
import { owners } from './owners.ts';
import { pods } from './pods.ts';
import { quotas } from './quotas.ts';
import { rollouts } from './rollouts.ts';
import { signals } from './signals.ts';
import { status } from './status.ts';

/** Every step by its part, in the order in which their findings are told. */
export const DIAGNOSIS_STEPS: Readonly<Record<DiagnosisPart, DiagnosisStep>> = {
  pods,
  quotas,
  rollouts,
  status,
  events,
  logs,
  owners,
  consumers,
  signals,
};

import { describePods } from '../../../domain/diagnosis/describe-pods.ts';
import { hasPods } from '../scene.ts';
import type { DiagnosisStep } from '../step.ts';

export const pods: DiagnosisStep = async (scene) =>
  hasPods(scene.target) ? describePods(await scene.pods(), scene.now) : { lines: [] };

import type { StepResult } from '../../domain/diagnosis/compose-diagnosis.ts';
import type { Scene } from './scene.ts';

/** Reads one part of a diagnosis; changes nothing. No lines: there is nothing of it. What it throws is told as a gap. */
export type DiagnosisStep = (scene: Scene) => Promise<StepResult>;

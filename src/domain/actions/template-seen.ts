import type { Looked } from '../authority/seen-object.ts';
import type { Target } from '../target/target.ts';
import type { TemplateFacts } from './template-facts.ts';

/** A workload as it was before its template was changed. */
export interface TemplateSeen extends Looked {
  /** The workload: of a Pod, the end of its chain of controllers. */
  readonly target: Target;
  readonly facts: TemplateFacts;
  /** Fingerprint of its template: another one is another hand's. */
  readonly template: string;
  /** ID of the remediation that holds the target by annotation, if one does. */
  readonly heldBy?: string;
}

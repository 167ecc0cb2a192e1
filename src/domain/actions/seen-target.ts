import type { Looked } from '../authority/seen-object.ts';
import type { Target } from '../target/target.ts';

/** What is seen of an object that is acted on by itself. */
export interface SeenTarget extends Looked {
  readonly target: Target;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** ID of the remediation that holds it by annotation, if one does. */
  readonly heldBy?: string;
}

import { forbiddenText } from '../../domain/diagnosis/forbidden-text.ts';
import { MendloopError } from '../../domain/failures.ts';
import { KubernetesFailure } from './kubernetes-failure.ts';

/** Why something could not be read, for people; of a permission that is lacking the verb: `not permitted: list events`. */
export function whyUnread(error: unknown): string {
  if (!(error instanceof MendloopError)) return error instanceof Error ? error.name : 'it could not be read';
  return (error instanceof KubernetesFailure ? forbiddenText(error.answer.message) : undefined) ?? error.message;
}

import { defined } from '../../domain/defined.ts';
import { ruleStub } from '../../domain/incident/rule-stub.ts';
import type { UnhandledAlert } from '../../domain/incident/unhandled.ts';

/** One entry of the answer to `GET /unhandled`. */
export interface UnhandledView extends UnhandledAlert {
  /** A rule to begin with, in Rego; absent where a rule is about such alerts already. */
  readonly stub?: string;
}

export function unhandledView(alert: UnhandledAlert): UnhandledView {
  return { ...alert, ...defined({ stub: ruleStub(alert) }) };
}

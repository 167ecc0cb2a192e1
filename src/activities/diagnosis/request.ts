import type { Query } from '../../domain/plan/query.ts';
import type { Target } from '../../domain/target/target.ts';

/** A query of the plan, whose value of now is told. */
export interface DiagnosedQuery {
  readonly name: string;
  readonly query: Query;
  readonly unit?: string;
  /** `<= 0.2`. */
  readonly wanted?: string;
}

export interface DiagnoseRequest {
  /** Absent: what the labels of the alert name. */
  readonly target?: Target;
  readonly labels: Readonly<Record<string, string>>;
  readonly cluster: string;
  readonly queries?: readonly DiagnosedQuery[];
}

import { CancellationScope } from '@temporalio/workflow';
import type { DiagnosedQuery, DiagnoseRequest } from '../../activities/diagnosis/request.ts';
import { subjectOf } from '../../domain/actions/subject-of.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { defined } from '../../domain/defined.ts';
import { planInForce } from '../../domain/ladder/plan-in-force.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { look } from '../activity-profiles.ts';
import type { RemediationRecord } from './record.ts';

/** Milliseconds after which a human is told of how it is now, and not of how it was. */
const LASTS_MS = 300_000;

/** Milliseconds after which the human is told without it: a worker that is away has not looked. */
const PATIENCE_MS = 30_000;

/** Queries of a plan whose values are told. */
const MAX_QUERIES = 5;

export interface DiagnosisParts {
  readonly alert: Alert;
  readonly cluster: string;
  readonly record: RemediationRecord;
}

/** Takes a diagnosis when a human has to be asked or told, and at no other time: the way to an effect never waits for it. */
export class DiagnosisDesk {
  readonly #parts: DiagnosisParts;
  #taking: Promise<void> | undefined;
  #takenAt = 0;

  constructor(parts: DiagnosisParts) {
    this.#parts = parts;
  }

  /** What was done since has made it old. */
  forget(): void {
    this.#taking = undefined;
  }

  /** Settles when it is recorded, or cannot be had; never throws. One that is fresh is not taken again. */
  take(): Promise<void> {
    const now = Date.now();
    if (this.#taking !== undefined && now - this.#takenAt < LASTS_MS) return this.#taking;
    this.#takenAt = now;
    this.#taking = CancellationScope.nonCancellable(() =>
      CancellationScope.withTimeout(PATIENCE_MS, () => this.#take()),
    ).catch(() => undefined);
    return this.#taking;
  }

  async #take(): Promise<void> {
    const { record } = this.#parts;
    record.keep({ diagnosis: await look('look around, for people').diagnose(this.#request) });
  }

  get #request(): DiagnoseRequest {
    const { alert, cluster, record } = this.#parts;
    const { planned } = record.findings;
    const plan = planInForce(record.status);
    return {
      ...{ labels: alert.labels, cluster },
      ...defined({
        target: planned === undefined ? plan?.target : subjectOf(planned).target,
        queries: plan && queriesOf(plan),
      }),
    };
  }
}

function queriesOf({ verification: { objective }, evidence }: Plan): DiagnosedQuery[] {
  const proof: DiagnosedQuery[] = [];
  if (objective !== undefined) {
    const { name, query, unit, comparison, threshold } = objective;
    proof.push({ name, query, unit, wanted: `${comparison} ${threshold}` });
  }
  const signals = (evidence?.signals ?? []).flatMap(({ name, unit, source }) =>
    source.kind === 'prometheus' ? [{ name, unit, query: source.query }] : [],
  );
  return [...proof, ...signals].slice(0, MAX_QUERIES);
}

import { Step } from '../../../src/domain/remediation/remediation.ts';
import type { ReplicaChange } from '../observe/deployment-watch.ts';
import type { Page } from '../../runner/observe/pager.ts';
import type { Measured } from '../../runner/observe/prometheus-reader.ts';
import type { ObservedRemediation } from '../../runner/observe/remediation-watch.ts';
import type { Moments } from '../report/report.ts';

/** Everything that was seen of a run, by those who were not Mendloop, and by Temporal. */
export interface Sightings {
  /** Milliseconds since the epoch, as all times here. */
  readonly surge: number;
  readonly surgeOver: number | undefined;
  readonly workerKilled: number | undefined;
  readonly workerBack: number | undefined;
  /** Samples of the alert in either state. */
  readonly pending: readonly Measured[];
  readonly firing: readonly Measured[];
  readonly replicas: readonly ReplicaChange[];
  readonly pages: readonly Page[];
  readonly remediation: ObservedRemediation;
}

/** When what happened. Times before the surge are not of this incident. */
export function momentsOf(sightings: Sightings): Moments {
  const { surge, remediation } = sightings;
  const since = <T extends { readonly at: number }>(list: readonly T[]) => list.filter(({ at }) => at >= surge);
  const replicas = since(sightings.replicas);
  const { before, peak } = replicasOf(sightings);
  const scaled = replicas.find(({ wanted }) => wanted > before);
  const ready = replicas.find((change) => peak > before && change.wanted === peak && change.ready === peak);
  const back = replicas.find(({ at, wanted }) => scaled !== undefined && at > scaled.at && wanted === before);
  const entered = (step: Step) => {
    const entry = remediation.result.timeline.find((one) => one.step === step);
    return entry === undefined ? undefined : Date.parse(entry.at);
  };
  return {
    surge,
    pending: since(sightings.pending)[0]?.at,
    detected: since(sightings.firing)[0]?.at,
    webhook: remediation.startedAt,
    // Before the workflow began, unless policy could not answer then.
    decided: remediation.result.decision && (entered(Step.Preparing) ?? remediation.startedAt),
    scaled: scaled?.at,
    ready: ready?.at,
    workerKilled: sightings.workerKilled,
    workerBack: sightings.workerBack,
    verified: entered(Step.Watching),
    rolledBack: back?.at,
    surgeOver: sightings.surgeOver,
    resolved: remediation.resolvedAt,
    paged: since(sightings.pages)[0]?.at,
    closed: remediation.closedAt,
  };
}

/** Replicas that the Deployment wanted when the surge began, at most since, and at the end. */
export function replicasOf({ surge, replicas }: Pick<Sightings, 'surge' | 'replicas'>): {
  readonly before: number;
  readonly peak: number;
  readonly after: number;
} {
  const before = replicas.findLast(({ at }) => at < surge)?.wanted ?? 0;
  const wanted = replicas.filter(({ at }) => at >= surge).map((change) => change.wanted);
  return { before, peak: Math.max(before, ...wanted), after: wanted.at(-1) ?? before };
}

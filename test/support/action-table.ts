import type { ActionName } from '../../src/domain/actions/index.ts';
import type { JsonObject } from '../../src/domain/audit/canonical-json.ts';
import type { FailureType } from '../../src/domain/failures.ts';
import type { Target } from '../../src/domain/target/target.ts';
import type { Stoppable } from '../../dev/stack/index.ts';
import type { TestCluster } from './cluster.ts';

/**
 * What every action is tried for on a real API server, by its registration alone. The keys are those of a table's
 * `notMeant`; the suite is test/integration/actions/every-action.test.ts.
 */
export const ROWS = {
  success: 'does it, shows it before, and it stands',
  alreadyDone: 'finds done what another hand has done',
  conflict: 'does not act where another hand was faster',
  forbidden: 'does with its permissions everything, and without one of their verbs not all',
  notFound: 'says so where there is no target, and where it goes meanwhile',
  cancel: 'ends waiting when it is told to, and takes back what it did',
  crash: 'acts once, wherever the process dies between act and proof',
  answerLost: 'finds what an attempt did whose answer was lost, and takes nothing else for it',
  reset: 'acts once, although it is run again by a later grant of the same remediation',
  undo: 'is undone as it says, once, also where its answer was never heard',
  undoFails: 'is undone later where the undo failed at first',
  replaced: 'leaves an object alone that was created anew under the same name',
  reverted: 'tells an owner that puts it back, and leaves that so',
  takenOver: 'tells another hand that moves it after the act, and leaves that so',
} as const;
export type Row = keyof typeof ROWS;

/** Where one row is tried: a namespace of its own on the control plane that all rows share. Rows run side by side. */
export interface Here {
  readonly cluster: TestCluster;
  readonly namespace: string;
}

/**
 * One target in one row, on which the action has something to do, with the other hands that a row needs. A hand that is
 * missing belongs to a row that the table says is not meant.
 */
export interface Subject {
  readonly target: Omit<Target, 'cluster'>;
  /** Of the plan; absent: none, so that the defaults hold. */
  readonly parameters?: JsonObject;
  /** What the action moves, as it stands now: the same before the act and after an exact undo. Of the cluster, not of ours. */
  look(): Promise<unknown>;
  /**
   * How often that was changed since the subject was made, by any hand (`metadata.generation`, Pods that went): it tells a
   * second effect that leads to the same state. Absent: the state alone tells it.
   */
  changes?(): Promise<number>;
  /** Brings about by another hand what the action wants. */
  wanted?(): Promise<void>;
  /** Moves by another hand, to something else, what the action moves; between plan and act, and after the act. */
  moved?(): Promise<void>;
  /** What another hand does between plan and act, and what the act is refused with; absent: `moved`, and `TargetChanged`. */
  readonly conflict?: { make(): Promise<void>; readonly type: FailureType };
  /** Puts it back after the act, by another hand, as an owner does that reverts. Settles when it stands so. */
  revert?(): Promise<void>;
  /** Deletes the target by another hand; settles when it is gone. */
  remove?(): Promise<void>;
  /** What the action moves is of another object, which outlives the target with what was set: then it is put back there. */
  readonly outlives?: boolean;
  /** Creates another object of the same name once `remove` has settled; settles when it is as the first one was. */
  create?(): Promise<void>;
  /** Keeps what is begun after it from being done; what it settles with lets it go on, and may be called twice. */
  stall?(): Promise<() => Promise<void>>;
}

/** Makes a subject; settles when it is as the action may find it. */
export type Arrange = (here: Here) => Promise<Subject>;

/**
 * One action's own facts for the suite: the file test/support/actions/<name>.ts exports one as `table`. A missing file,
 * a hand that a row needs and that is missing, or a row that is neither tried nor said not to be meant, fails.
 */
export interface ActionTable {
  readonly action: ActionName;
  /** Controllers that the embedded control plane does without, as `daemonset-controller`. */
  readonly controllers?: readonly string[];
  /** What it needs of the cluster beside that, as CRDs; once for all rows. What it answers with is stopped at the end. */
  readonly install?: (cluster: TestCluster) => Promise<Stoppable | undefined>;
  /** Every row is tried on each of these, by its name. */
  readonly subjects: Readonly<Record<string, Arrange>>;
  /** Further kinds and levers that the permissions are for: done, and undone, with exactly these. */
  readonly reaches?: Readonly<Record<string, Arrange>>;
  /** Rows that mean nothing for this action, with the reason. */
  readonly notMeant: Readonly<Partial<Record<Row, string>>>;
  /** Verbs that no test can be refused for, as `list scaledobjects`, with the reason. */
  readonly untold?: Readonly<Record<string, string>>;
}

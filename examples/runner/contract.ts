import type { ServerName, Stack } from '../../dev/stack/index.ts';
import type { FailureType } from '../../src/domain/failures.ts';
import type { Outcome } from '../../src/domain/remediation/outcome.ts';
import type { ActionName } from '../../src/domain/actions/index.ts';
import type { ClusterHands } from './stack/cluster-hands.ts';

/** What an example has to work with, while it runs. */
export interface Here {
  /** The administrator's hands on the cluster; what is made is gone with the example only if it lies in its namespace. */
  readonly cluster: ClusterHands;
  /** The example's own, named like its folder. */
  readonly namespace: string;
  /** Ends what the fault starts, when the example ends. */
  readonly stack: Stack;
  /** Aborted when the example is to end early. */
  readonly signal: AbortSignal;
  /** Puts a line into the timeline, at this moment. */
  note(text: string): void;
  /** Has Prometheus ask a process of the example (`host:port`) for its metrics, until the example ends; settles when it does. */
  scrape(address: string): Promise<void>;
  /** Until the example ends, a person says yes to all that Mendloop asks about its alerts, with this reason. */
  approve(reason: string): void;
}

/** How the first remediation of the illness has to end, and the others with it. */
export interface Expected {
  readonly outcome: Outcome;
  /** What cured it; absent: nothing was done. */
  readonly action?: ActionName;
  /**
   * Why nothing was done, or why it was taken back: a failure type of `docs/errors.md`; one of several where it depends on
   * the moment at which something happens.
   */
  readonly fault?: FailureType | readonly FailureType[];
  /**
   * The remediations of the illness's other alerts, and how each of them may end; none unless given. With `atLeast` some of
   * the alerts may be over before they are told.
   */
  readonly others?: { readonly count: number; readonly atLeast?: number; readonly outcomes: readonly Outcome[] };
  /** Seconds from the fault to the end of the last remediation; 40 unless given. */
  readonly withinSeconds?: number;
  /** Whether the on-call is paged. */
  readonly paged: boolean;
  /** What a human has to read of the first remediation, in its end or in a line of its diagnosis. */
  readonly tells?: RegExp;
}

/**
 * One illness: `illness.ts` of a folder of `examples/`. Beside it lie `rules.yml` (Prometheus), `policy/overrides/data.yaml`
 * and `policy/rules/*.rego` (what it turns on), `kubernetes/*.yaml` (what it is about, in a namespace named like the
 * folder), `stages.yaml` (what kwok's kubelets meet) and README.md. All but the first two may be missing.
 */
export interface Illness {
  /** One sentence for the person who watches. */
  readonly story: string;
  /** What Mendloop's service account is allowed to do here. */
  readonly actions: readonly ActionName[];
  /** What it starts beside the stack of all examples: found, downloaded or built before anything runs. */
  readonly servers?: readonly ServerName[];
  readonly fault: {
    /** What happens, in one sentence. */
    readonly text: string;
    /** Brings it about; settles when it has happened, not when it hurts. */
    readonly bring: (here: Here) => Promise<void>;
  };
  /** What makes the objects well before the fault, beside that all workloads have the Pods that they want. */
  readonly prepare?: (here: Here) => Promise<void>;
  readonly expected: Expected;
  /** Reads the cluster at the end, and says in one sentence what is there; throws if that is not as it should be. */
  readonly look: (here: Here) => Promise<string>;
  /** Takes away what lies outside of the namespace. */
  readonly cleanUp?: (here: Here) => Promise<void>;
}

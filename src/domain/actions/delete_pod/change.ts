import { z } from 'zod';
import type { Looked } from '../../authority/seen-object.ts';
import type { Target } from '../../target/target.ts';
import type { PodFacts } from '../pod-facts.ts';

/** What brings a new Pod when one is gone, as far up the chain of controllers as the number of its Pods is known. */
export interface PodWorkload {
  readonly target: Target;
  readonly uid: string;
  /** Pods that it is to have now. */
  readonly wanted: number;
  /** Ready Pods beside the one that is looked at. */
  readonly readyPeers: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface DeletePodSeen extends Looked {
  readonly target: Target;
  readonly pod: PodFacts;
  /** Absent: no controller, or none whose Pods can be counted. */
  readonly workload?: PodWorkload;
}

const count = z.number().int().min(0);

/** What the effects take, and the history keeps. */
export const deletePodChangeSchema = z.object({
  workload: z.object({ kind: z.string(), namespace: z.string(), name: z.string(), uid: z.string() }),
  /** Ready Pods of the workload that are waited for, the deleted one not counted. */
  awaitedReady: count,
  minReadyPeers: count,
  /** Seconds; 0: by force; absent: what the Pod asks for. */
  graceSeconds: count.exactOptional(),
});
export type DeletePodChange = z.infer<typeof deletePodChangeSchema>;

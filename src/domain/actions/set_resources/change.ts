import { z } from 'zod';
import type { PodRequests, PodSpecLike } from '../../cost/pod-requests.ts';
import type { TemplateSeen } from '../template-seen.ts';

/** A bound of the namespace, in cores or bytes. */
export interface NamespaceBound {
  /** `LimitRange defaults`, `ResourceQuota team`. */
  readonly by: string;
  /** What it bounds: of one container, or of all Pods together. */
  readonly of: 'requests' | 'limits';
  readonly resource: 'memory' | 'cpu';
  /** Of one container: the most that it may have. Of all Pods: how much is left. */
  readonly most: number;
  readonly isShared: boolean;
}

export interface SetResourcesSeen extends TemplateSeen {
  /** What of the template says what its Pods request: no environment. */
  readonly pod: PodSpecLike;
  /** What the largest node that takes Pods can give to them; absent: there is none. */
  readonly largestNode?: PodRequests;
  readonly bounds: readonly NamespaceBound[];
}

const moveSchema = z.object({
  of: z.enum(['requests', 'limits']),
  resource: z.enum(['memory', 'cpu']),
  /** Quantities, as they stand in the template. */
  from: z.string(),
  to: z.string(),
});
export type ResourceMove = z.infer<typeof moveSchema>;

/** What the effects take, and the history keeps. */
export const setResourcesChangeSchema = z.object({
  container: z.string(),
  moves: z.array(moveSchema).min(1),
  minReadyPeers: z.number().int().min(0),
  complaints: z.array(z.string()),
});
export type SetResourcesChange = z.infer<typeof setResourcesChangeSchema>;

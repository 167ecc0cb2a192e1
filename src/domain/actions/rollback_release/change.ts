import { z } from 'zod';
import type { TemplateSeen } from '../template-seen.ts';

/** A release that the cluster still knows. */
export interface Revision {
  /** As `kubectl rollout history` numbers it. */
  readonly number: number;
  /** Of the ReplicaSet, or the ControllerRevision, that holds it. */
  readonly name: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Fingerprint. */
  readonly template: string;
  /** Fingerprint of what was released: the same of revisions that differ only by a restart. */
  readonly release: string;
  /** Fingerprint of the release without what its containers request and may have at most: `set_resources` leaves it so. */
  readonly unsized: string;
  /** The value of the plan's migration label; empty: none. */
  readonly migration: string;
  /** Labels and annotations of its template. */
  readonly marks: Readonly<Record<string, string>>;
  /** What going to it from the newest changes, for people. */
  readonly changes: readonly string[];
}

export interface RollbackSeen extends TemplateSeen {
  /** Newest first. */
  readonly revisions: readonly Revision[];
  /** Name of the one that its Pods are to have; absent: its controller has not made one of it yet. */
  readonly newest?: string;
  /** Epoch ms. */
  readonly seenAt: number;
}

const revisionSchema = z.object({ number: z.number().int(), name: z.string(), template: z.string() });

/** What the effects take, and the history keeps: names, never a template, whose environment may hold secrets. */
export const rollbackChangeSchema = z.object({
  from: revisionSchema,
  to: revisionSchema,
  complaints: z.array(z.string()),
});
export type RollbackChange = z.infer<typeof rollbackChangeSchema>;

/** Annotation that says how far the remediation that holds the workload has come. */
export const ROLLBACK_MARK = 'mendloop.dev/rollback';

/** Values of the mark. */
export const RollbackMark = { RolledBack: 'rolled-back', Undone: 'undone' } as const;

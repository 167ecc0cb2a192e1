import { z } from 'zod';
import { seconds } from '../plan/query.ts';

const DAY = 86_400;

/** The longest time for which changes are remembered, in seconds: the store keeps them for it. */
export const HISTORY_SECONDS = 31 * DAY;

/** The label or annotation of a template that names the state of what it works on, as a database's schema. */
const MIGRATION_LABEL = 'mendloop.dev/migration';

const mark = {
  /** Of a label or an annotation. */
  label: z.string().min(1).max(317),
  /** Absent: any. */
  value: z.string().max(1024).exactOptional(),
};

/**
 * What must be so before a plan acts, judged on what its action saw of the target. A closed set: each is a pure function
 * of facts, so that a policy says what it is afraid of without code of its own.
 */
export const preconditionSchema = z.discriminatedUnion('kind', [
  /** The same action was done fewer than so many `times` to the same object within the time, by earlier remediations. */
  z.strictObject({
    kind: z.literal('not_repeated'),
    withinSeconds: seconds(HISTORY_SECONDS).default(DAY),
    times: z.number().int().min(1).max(100).default(1),
  }),
  /** So many ready Pods are left at any time; met where none is ready, because none is lost. */
  z.strictObject({ kind: z.literal('ready_left'), min: z.number().int().min(1).max(10_000).default(1) }),
  /** The workload is to have so many Pods. */
  z.strictObject({ kind: z.literal('replicas_at_least'), min: z.number().int().min(1).max(10_000) }),
  /** No rollout of the workload is under way. */
  z.strictObject({ kind: z.literal('at_rest') }),
  /** No quota keeps Pods of the workload from being made. */
  z.strictObject({ kind: z.literal('quota_has_room') }),
  /** The newest revision was made so short a time ago: what has run for months is not at fault for what began today. */
  z.strictObject({ kind: z.literal('released_within'), hours: z.number().positive().max(8760) }),
  /** The revision that is gone back to is younger than so many days. */
  z.strictObject({ kind: z.literal('revision_younger_than'), days: z.number().positive().max(3650) }),
  /** Both revisions have the same value of this label or annotation: old code must not meet a new schema. */
  z.strictObject({
    kind: z.literal('no_migration_between'),
    label: z.string().min(1).max(317).default(MIGRATION_LABEL),
  }),
  /** So many other nodes, and such a share of them all, are ready for the Pods of the node. */
  z.strictObject({
    kind: z.literal('nodes_ready'),
    min: z.number().int().min(0).max(10_000).default(1),
    minShare: z.number().min(0).max(1).default(0.5),
  }),
  /** Every Pod that would go has a controller, which brings another. */
  z.strictObject({ kind: z.literal('has_controller') }),
  /** What is acted on, or the workload behind a Pod, is one of these kinds. */
  z.strictObject({ kind: z.literal('kind_is'), kinds: z.array(z.string().min(1).max(63)).min(1).max(20) }),
  /** The object that is acted on, or one behind it, has the label or annotation. */
  z.strictObject({ kind: z.literal('marked'), ...mark }),
  /** None of them has it. */
  z.strictObject({ kind: z.literal('not_marked'), ...mark }),
]);
export type Precondition = z.infer<typeof preconditionSchema>;
export type PreconditionKind = Precondition['kind'];

/** Every kind, in the order in which people are told of them. */
export const PRECONDITION_KINDS: readonly PreconditionKind[] = preconditionSchema.options.map(
  ({ shape }) => shape.kind.value,
);

const MAX_PRECONDITIONS = 20;

/** Of a plan. */
export const preconditionsSchema = z.array(preconditionSchema).max(MAX_PRECONDITIONS);

/** One as it was judged: recorded, and shown wherever the decision is. */
export interface JudgedPrecondition {
  readonly kind: PreconditionKind;
  /** What was to be so, for people: `no second restart within 24 h`. */
  readonly text: string;
  readonly met: boolean;
  /** What was seen: `last done 2 h ago by remediation/...`. */
  readonly seen: string;
}

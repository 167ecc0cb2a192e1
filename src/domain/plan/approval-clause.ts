import { z } from 'zod';
import { seconds } from './query.ts';

/** Who has to say yes before anything is done. Also used, with its defaults, where the mode alone asks for a human. */
export const approvalClauseSchema = z.strictObject({
  /** Different people who must approve. One rejection ends it. */
  quorum: z.number().int().min(1).max(20).default(1),
  /** An approver must have one of these roles; empty: any approver of the settings. */
  roles: z.array(z.string().min(1).max(120)).max(20).default([]),
  deadlineSeconds: seconds(7 * 86_400).default(1800),
  /** What the passing of the deadline means: `denied`, or `expired` with the on-call told. */
  onDeadline: z.enum(['deny', 'escalate']).default('escalate'),
  /** Why policy asks, for the approver. */
  reason: z.string().max(1000).default(''),
});
export type ApprovalClause = z.infer<typeof approvalClauseSchema>;

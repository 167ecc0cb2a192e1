import { z } from 'zod';
import { seconds } from './query.ts';

const terms = {
  /** Different people who must approve. One rejection ends it. */
  quorum: z.number().int().min(1).max(20),
  /** An approver must have one of these roles; empty: any approver of the settings. */
  roles: z.array(z.string().min(1).max(120)).max(20),
  deadlineSeconds: seconds(7 * 86_400),
  /** What the passing of the deadline means: `denied`, or `expired` with the on-call told. */
  onDeadline: z.enum(['deny', 'escalate']),
  /** Why policy asks, for the approver. */
  reason: z.string().max(1000),
};

/** Who has to say yes before anything is done. Also used, with its defaults, where the mode alone asks for a human. */
export const approvalClauseSchema = z.strictObject({
  quorum: terms.quorum.default(1),
  roles: terms.roles.default([]),
  deadlineSeconds: terms.deadlineSeconds.default(1800),
  onDeadline: terms.onDeadline.default('escalate'),
  reason: terms.reason.default(''),
  /** What differs where the object is a team's: which one it is, the object says, never the alert. */
  teams: z.record(z.string().min(1).max(120), z.strictObject(terms).partial()).optional(),
});
export type ApprovalClause = z.infer<typeof approvalClauseSchema>;

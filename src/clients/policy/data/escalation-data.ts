import { z } from 'zod';
import { approvalClauseSchema } from '../../../domain/plan/approval-clause.ts';

const askedSchema = z.record(z.string(), z.strictObject({ approval: approvalClauseSchema.optional() }));

/** Whom a decision reaches. */
export const escalationSchema = z.strictObject({
  quiet: z.array(z.string().min(1)).describe('severities for which no human is bothered'),
  approval: approvalClauseSchema.describe('who says yes where a rule is in mode approve'),
  teams: askedSchema.describe('what differs for objects of a team'),
  namespaces: askedSchema.describe('what differs for targets in a namespace; goes before the team'),
});

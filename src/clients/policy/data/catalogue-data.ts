import { z } from 'zod';
import { modes } from '../../../domain/decision/mode.ts';
import { objectConditionSchema } from '../../../domain/plan/object-condition.ts';
import { planTermsSchema } from '../../../domain/plan/plan.ts';
import { preludeClauseSchema } from '../../../domain/plan/prelude-clause.ts';
import { preconditionsSchema } from '../../../domain/precondition/precondition.ts';
import { loosened } from './loosened.ts';
import { actionNameSchema, unseenBy } from './precondition-data.ts';
import { ruleSettingsSchema } from './service-settings.ts';

/** One of the plans that an entry has, in the order in which they are tried. */
const cureSchema = z
  .strictObject({
    action: actionNameSchema,
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('as the action takes them; $container is what that label of the alert says'),
    proof: z
      .enum(['alert', 'pods', 'out_of_use', 'errors'])
      .optional()
      .describe(
        'what proves it beside that: alert (it neither fires nor waits to), pods (plan.proof on all Pods of the workload), ' +
          "out_of_use (no new Pods come to the node), errors (the service's SLO)",
      ),
    preconditions: preconditionsSchema.optional().describe('what has to be so before, beside cures.preconditions'),
    danger: planTermsSchema.shape.danger.describe('what it can make worse; default: cures.danger'),
    prelude: preludeClauseSchema
      .extend({
        target: z.strictObject({
          namespace: z.string().min(1).optional().describe("default: that of the cure's own target"),
          kind: z.string().min(1),
          name: z.string().min(1).describe('$resourcequota is what that label of the alert says'),
        }),
      })
      .optional()
      .describe('what comes before it and makes room for it, where it is needed; given back by itself'),
    conditions: z.array(objectConditionSchema).optional().describe('what proves it; default: what the action says'),
  })
  .superRefine(({ action, preconditions = [] }, context) => {
    for (const { index, message } of unseenBy(action, preconditions)) {
      context.addIssue({ code: 'custom', path: ['preconditions', index, 'kind'], message });
    }
  });

/** What to do about an alert that everybody has, whole: with what comes from another entry and from `overrides`. */
export const catalogueEntrySchema = z.strictObject({
  decision: z.enum(['human', 'ignore', 'scale', 'cure']).optional().describe('default: human'),
  as: z.string().min(1).optional().describe('the entry of another alert, with what differs'),
  target: z
    .enum(['pod', 'service', 'deployment', 'statefulset', 'daemonset', 'job', 'autoscaler', 'claim', 'node'])
    .optional()
    .describe('what is acted on: what the labels of the alert name'),
  cures: z.array(cureSchema).min(1).optional().describe('of the decision cure: what is tried, one after the other'),
  label: z.string().min(1).optional().describe('the label that names it; default: its kind'),
  plan: ruleSettingsSchema.optional().describe('the terms of the plan'),
  mode: z.enum(modes).optional().describe('how far it may go; default: approve'),
  why: z.string().optional().describe('why a human: a word of catalogue.why'),
  look: z.string().min(1).max(500).optional().describe('where a human begins to look'),
  reason: z.string().min(1).max(1000).optional().describe('why nothing is done, or why a human'),
  runbook: z.string().max(2048).nullish(),
});

/** An entry as it is written. */
const writtenEntrySchema = catalogueEntrySchema.extend({
  plan: loosened(ruleSettingsSchema).optional().describe('the terms of the plan'),
});

export const catalogueSchema = z.strictObject({
  why: z.record(z.string(), z.string().min(1)).optional().describe('why an alert is for a human, by a word'),
  sources: z
    .record(
      z.string(),
      z.strictObject({
        group: z.string().min(1),
        title: z.string().min(1),
        url: z.string().min(1),
        pages: z.string().min(1).optional(),
      }),
    )
    .optional()
    .describe('where the alerts come from: the folders below alerts'),
  alerts: z.record(z.string(), z.record(z.string(), writtenEntrySchema)).optional(),
});

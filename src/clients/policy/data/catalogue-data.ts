import { z } from 'zod';
import { modes } from '../../../domain/decision/mode.ts';
import { loosened } from './loosened.ts';
import { ruleSettingsSchema } from './service-settings.ts';

/** What to do about an alert that everybody has, whole: with what comes from another entry and from `overrides`. */
export const catalogueEntrySchema = z.strictObject({
  decision: z.enum(['human', 'ignore', 'scale']).optional().describe('default: human'),
  as: z.string().min(1).optional().describe('the entry of another alert, with what differs'),
  target: z.enum(['pod', 'service']).optional().describe('what is scaled: what the labels of the alert name'),
  label: z.string().min(1).optional().describe('the label that names the service; default: service'),
  plan: ruleSettingsSchema.optional().describe('the terms of scaling'),
  mode: z.enum(modes).optional().describe('how far it may go; default: approve'),
  why: z.string().optional().describe('why a human: a word of catalogue.why'),
  look: z.string().min(1).max(500).optional().describe('where a human begins to look'),
  reason: z.string().min(1).max(1000).optional().describe('why nothing is done, or why a human'),
  runbook: z.string().max(2048).nullish(),
});

/** An entry as it is written. */
const writtenEntrySchema = catalogueEntrySchema.extend({
  plan: loosened(ruleSettingsSchema).optional().describe('the terms of scaling'),
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

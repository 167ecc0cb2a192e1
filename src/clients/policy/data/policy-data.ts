import { z } from 'zod';
import { jobTemplateSchema, templateNameSchema } from '../../../domain/actions/job/job-template.ts';
import { modes } from '../../../domain/decision/mode.ts';
import { catalogueEntrySchema, catalogueSchema } from './catalogue-data.ts';
import { defaultsSchema } from './defaults-data.ts';
import { escalationSchema } from './escalation-data.ts';
import { limitsSchema } from './limits-data.ts';
import { loosened } from './loosened.ts';
import { curesSchema } from './precondition-data.ts';
import { parametersSchema, serviceSchema } from './service-settings.ts';
import { sloSchema } from './slo-data.ts';

/** What may be changed key by key under `overrides`. */
export const documents = {
  services: z.record(z.string(), serviceSchema).describe('your services'),
  slos: z.record(z.string(), sloSchema).describe('what is promised of a service'),
  limits: limitsSchema.describe('what no rule goes past'),
  escalation: escalationSchema.describe('whom a decision reaches'),
  modes: z.record(z.string(), z.enum(modes)).describe('how far each rule may go'),
  defaults: defaultsSchema.describe('what a plan says where nothing more special does'),
  cures: curesSchema.describe("the terms of the catalogue's cures"),
  jobs: z.record(templateNameSchema, jobTemplateSchema).describe("scripts of one's own, for the action job"),
  parameters: z.record(z.string(), parametersSchema).describe('numbers of rules that are about no single service'),
};

/** All data of a policy: what Rego sees as `data`. Strict at every depth: a typing error must not be a rule without terms. */
export const policyDataSchema = z.strictObject({
  ...Object.fromEntries(Object.entries(documents).map(([name, schema]) => [name, schema.optional()])),
  catalogue: catalogueSchema.optional().describe('the known alerts'),
  overrides: z
    .strictObject({
      ...Object.fromEntries(Object.entries(documents).map(([name, schema]) => [name, loosened(schema).optional()])),
      catalogue: z.record(z.string(), loosened(catalogueEntrySchema)).optional().describe('by the name of the alert'),
    })
    .optional()
    .describe('changes any of the others, key by key'),
  own: z.record(z.string(), z.unknown()).optional().describe("what only your own rules' Rego reads"),
});

import { z } from 'zod';
import { planTermsSchema } from '../../../domain/plan/plan.ts';
import { neighbourSchema, verificationSchema } from '../../../domain/plan/verification-clause.ts';
import { durationTextSchema } from './duration-text.ts';

const proof = verificationSchema.shape;

/** How a cure is proven and how long is waited: numbers that a plan has from its service or from all. */
export const planDefaultsSchema = z.strictObject({
  window: durationTextSchema,
  intervalSeconds: proof.intervalSeconds.unwrap(),
  consecutive: proof.consecutive.unwrap(),
  deadlineSeconds: proof.deadlineSeconds.unwrap(),
  maxAgeSeconds: proof.maxAgeSeconds.unwrap(),
  effectDeadlineSeconds: planTermsSchema.shape.effectDeadlineSeconds.unwrap(),
  watchSeconds: planTermsSchema.shape.watchSeconds.unwrap(),
});

const metricName = z.string().regex(/^[a-zA-Z_:][\w:]*$/, { message: 'must be the name of a metric' });
const labelName = z.string().regex(/^[a-zA-Z_]\w*$/, { message: 'must be the name of a label' });

/** How services measure themselves. */
export const metricsSchema = z.strictObject({
  requestSeconds: metricName.describe('a histogram of request durations in seconds, without _bucket'),
  serviceLabel: labelName.describe("the label that holds the service's name"),
  statusLabel: labelName.describe('the label with the status that makes a request an error'),
});

export const defaultsSchema = planDefaultsSchema.extend({
  neighbourTolerance: neighbourSchema.shape.tolerance.unwrap(),
  neighbourMinChangeSeconds: neighbourSchema.shape.minChange.unwrap(),
  metrics: metricsSchema,
});

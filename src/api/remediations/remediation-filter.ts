import { z } from 'zod';
import { modes } from '../../domain/decision/mode.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';

/** Longest value that a list can be filtered by; keywords are no longer. */
const text = z.string().min(1).max(200);
/** Compared as text with times in UTC. */
const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());

/** What a list of remediations may be narrowed by. Everything given must hold. */
const remediationFilterSchema = z.strictObject({
  state: z.enum(['running', 'closed']).optional(),
  /** Any of these. A remediation that was cured has `remediated` while it still watches its alert. */
  outcome: z.array(z.enum(Outcome)).max(20).optional(),
  mode: z.enum(modes).optional(),
  /** What a running one waits for: `approval`, or `turn` at a guard. */
  waiting: z.enum(['approval', 'turn']).optional(),
  alert: text.optional(),
  severity: text.optional(),
  service: text.optional(),
  rule: text.optional(),
  action: text.optional(),
  /** `cluster/namespace/Kind/name`, with `-` for the namespace of an object that has none. */
  target: text.optional(),
  /** The beginning of an alert's, service's, rule's or target's name, or of an ID. */
  q: text.optional(),
  /** Started at or after; before. RFC 3339. */
  since: instant.optional(),
  until: instant.optional(),
  /** Ended at or after. */
  closedSince: instant.optional(),
});
export type RemediationFilter = z.infer<typeof remediationFilterSchema>;

export const MAX_PAGE = 200;

/** One page of a list. */
export const remediationListSchema = remediationFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  /** `nextPageToken` of the page before, with the same filter. */
  pageToken: z.string().min(1).max(4096).optional(),
});
export type RemediationListRequest = z.infer<typeof remediationListSchema>;

/** The keys that may stand more than once. */
export const LIST_KEYS: readonly string[] = ['outcome'];
